package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Puts the sandbox's first process, which waits, into its groups of version 1. In that of version 2 it was made.
 *
 * @param cause the first limit
 */
record JoinGroups(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "put the sandbox into its control groups";
    }

    @Override
    public void inParent(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        ControlGroups groups = emitter.groups();
        Slot file = frame.scratch.as("file");
        Slot end = frame.scratch2;
        b.decimal(Operand.of(frame.pid), frame.words, end);
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), frame.words);
        for (Controller controller : groups.controllers()) {
            Label done = b.label("not in a group of " + controller.word());
            Slot folder = groups.v1(controller).folder().as(controller.word() + " group");
            b.branch(folder, Condition.EQUAL, 0, done);
            Hints hints = Hints.on(Linux.EACCES, "the caller may not move processes into this group")
                    .and(Linux.ENOSPC, "a cpuset without processors or memory nodes takes no process")
                    .and(Linux.EINVAL, "real-time processes take no part in this hierarchy without a real-time budget");
            emitter.must(
                    hints,
                    file,
                    Syscall.OPENAT,
                    Operand.of(folder),
                    b.text("cgroup.procs"),
                    Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
            emitter.must(hints, Syscall.WRITE, Operand.of(file), frame.words.shownAs("\"<pid>\""), Operand.of(end));
            emitter.must(Syscall.CLOSE, Operand.of(file));
            b.place(done);
        }
    }
}
