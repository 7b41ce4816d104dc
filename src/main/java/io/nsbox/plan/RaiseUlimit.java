package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.Ulimit;
import java.util.Optional;

/**
 * Raises a hard limit of the sandbox's first process where the caller's is lower (prlimit(2)).
 *
 * <p>That takes CAP_SYS_RESOURCE in the initial user namespace, so the launcher does it, while the process waits. The
 * launcher's own limits stay as they are.
 */
record RaiseUlimit(ResourceLimit limit, Ulimit value, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "allow a limit " + limit.word() + " of " + Ulimit.text(value.hard());
    }

    @Override
    public void inParent(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot hard = frame.scratch;
        Slot wanted = frame.scratch2;
        Label done = b.label("hard limit " + limit.word() + " is high enough");
        emitter.must(
                Syscall.PRLIMIT64,
                Operand.of(frame.pid),
                Limits.name(limit),
                Operand.NULL,
                frame.words.shownAs("&limits"));
        b.load(8, hard, frame.words, 8);
        b.branch(hard, Condition.EQUAL, -1, done);
        b.load(8, wanted, Limits.struct(b, value), 8);
        if (value.hard() != Ulimit.UNLIMITED) {
            b.branch(hard, Condition.AT_LEAST, Operand.of(wanted), done);
        }
        b.store(8, frame.words, 8, Operand.of(wanted));
        emitter.must(
                Hints.on(
                        Linux.EPERM, "this is above the caller's hard limit, and only CAP_SYS_RESOURCE may raise that"),
                Syscall.PRLIMIT64,
                Operand.of(frame.pid),
                Limits.name(limit),
                frame.words.shownAs("&limits"),
                Operand.NULL);
        b.place(done);
    }
}
