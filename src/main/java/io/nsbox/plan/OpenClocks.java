package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Opens the file that shifts the clocks, for {@link ShiftClocks}, before the process becomes undumpable: its files below
 * /proc belong to root from then on.
 */
record OpenClocks(Optional<Span> cause) implements Step {
    static final Hints HINTS = Hints.on(Linux.ERANGE, "the clock would be below 0 or beyond what the kernel counts")
            .and(Linux.EROFS, "/proc is read-only where nsbox runs: mount -o remount,rw /proc");

    @Override
    public String title() {
        return "open the file that shifts the clocks";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot file = b.slot("clocks");
        emitter.frame().clocks = file;
        open(emitter, file);
    }

    static void open(Emitter emitter, Slot file) {
        emitter.must(
                HINTS,
                file,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text("/proc/self/timens_offsets"),
                Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
    }
}
