package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/**
 * Leaves the caller's session keyring, so that its keys cannot be read or used inside (session-keyring(7)).
 *
 * <p>No spec asks for it, so two refusals are let pass: a container engine's filter (EPERM), behind which nobody has keys
 * either, and a kernel without keyrings (ENOSYS).
 */
final class JoinSessionKeyring implements Step {
    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;

    @Override
    public String title() {
        return "session keyring";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot result = emitter.frame().scratch;
        Label done = b.label("keyring is joined");
        b.call(
                result,
                new OnError.Ignore(),
                Syscall.KEYCTL,
                Operand.named("KEYCTL_JOIN_SESSION_KEYRING", KEYCTL_JOIN_SESSION_KEYRING),
                Operand.NULL);
        // The serial number of the keyring, or the one error that is the highest.
        b.branch(result, Condition.AT_LEAST, -Linux.EPERM, done);
        b.branch(result, Condition.EQUAL, -Linux.ENOSYS, done);
        b.compute(Arithmetic.SUBTRACT, result, Operand.number(0), Operand.of(result));
        emitter.fail(
                "keyctl(...)", Hints.on(Linux.EDQUOT, "see kernel.keys.maxkeys"), Refusal.SETUP, Operand.of(result));
        b.place(done);
    }
}
