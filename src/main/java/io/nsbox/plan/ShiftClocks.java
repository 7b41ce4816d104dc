package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.TimeOffsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the time namespace and shifts its clocks (time_namespaces(7)).
 *
 * <p>Clocks can be shifted only as long as no process is in the namespace, and who makes it is not: its children are. A new
 * user namespace is made in the same call, so that it owns the time namespace.
 *
 * @param withUser whether a user namespace is made too
 */
record ShiftClocks(TimeOffsets offsets, boolean withUser, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        List<String> shifts = new ArrayList<>();
        offsets.monotonic().ifPresent(shift -> shifts.add("monotonic by " + text(shift)));
        offsets.boottime().ifPresent(shift -> shifts.add("boottime by " + text(shift)));
        return "create the namespaces time" + (withUser ? ", user" : "") + ", clocks shifted: "
                + String.join(", ", shifts);
    }

    private static String text(Duration shift) {
        return shift.isNegative() ? "-" + Durations.text(shift.negated()) : Durations.text(shift);
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        @Nullable Slot opened = emitter.frame().clocks;
        emitter.must(
                Hints.of(withUser ? RefusalHints.CLONE_WITH_USER : RefusalHints.CLONE_WITHOUT_USER),
                Syscall.UNSHARE,
                withUser
                        ? Operand.named("CLONE_NEWTIME|CLONE_NEWUSER", Linux.CLONE_NEWTIME | Linux.CLONE_NEWUSER)
                        : Operand.named("CLONE_NEWTIME", Linux.CLONE_NEWTIME));
        Slot file = opened == null ? emitter.frame().scratch.as("file") : opened;
        if (opened == null) {
            OpenClocks.open(emitter, file);
        }
        StringBuilder lines = new StringBuilder();
        offsets.monotonic().ifPresent(shift -> lines.append(line("monotonic", shift)));
        offsets.boottime().ifPresent(shift -> lines.append(line("boottime", shift)));
        emitter.must(
                OpenClocks.HINTS,
                Syscall.WRITE,
                Operand.of(file),
                b.text(lines.toString()),
                Operand.number(lines.length()));
        emitter.must(Syscall.CLOSE, Operand.of(file));
    }

    /** Clock, seconds and nanoseconds; the latter are never negative, as a Duration's are not. */
    private static String line(String clock, Duration shift) {
        return clock + " " + shift.getSeconds() + " " + shift.getNano() + "\n";
    }
}
