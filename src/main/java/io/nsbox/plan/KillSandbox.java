package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;

/**
 * Ends the sandbox's first process, and with it all of a pid namespace.
 *
 * <p>By its pidfd, and where that is refused by its pid, which is still its own because nobody else reaps it.
 */
final class KillSandbox {
    private KillSandbox() {}

    static void emit(ProgramBuilder b, Frame frame) {
        Label killed = b.label("SIGKILL is sent");
        b.call(
                frame.scratch,
                new OnError.Ignore(),
                Syscall.PIDFD_SEND_SIGNAL,
                Operand.of(frame.pidfd),
                Operand.named("SIGKILL", Linux.SIGKILL),
                Operand.NULL,
                Operand.number(0));
        b.branch(frame.scratch, Condition.EQUAL, 0, killed);
        b.branch(frame.pid, Condition.LESS, 1, killed);
        b.attempt(Syscall.KILL, Operand.of(frame.pid), Operand.named("SIGKILL", Linux.SIGKILL));
        b.place(killed);
    }
}
