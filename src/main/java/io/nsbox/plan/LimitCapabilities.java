package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Takes capabilities out of the bounding set (PR_CAPBSET_DROP), beyond which nothing that is executed gets any.
 *
 * <p>Capabilities are counted up to the first that the running kernel does not know. It comes before the change of the user,
 * because it takes CAP_SETPCAP.
 *
 * @param kept the bits that stay
 */
record LimitCapabilities(long kept, String dropped, Optional<Span> cause) implements Step {
    /** What listings call the counter. */
    static final String COUNTER = "capability";

    private static final int PR_CAPBSET_READ = 23;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int MOST = 64;

    @Override
    public String title() {
        return "take away capabilities: " + dropped;
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot capability = frame.scratch.as(COUNTER);
        Slot rest = frame.scratch2;
        Slot result = frame.scratch3;
        Slot bit = frame.scratch4;
        Label loop = b.label("next capability");
        Label refused = b.label("capability stays in the bounding set");
        Label next = b.label("capability is dealt with");
        Label failed = b.label("capabilities cannot be taken away");
        Label done = b.label("bounding set is right");
        b.load(8, rest, mask(b, kept), 0);
        b.set(capability, 0);
        b.place(loop);
        b.compute(Arithmetic.AND, bit, Operand.of(rest), Operand.number(1));
        b.branch(bit, Condition.NOT_EQUAL, 0, next);
        b.call(
                result,
                new OnError.GoTo(refused),
                Syscall.PRCTL,
                Operand.named("PR_CAPBSET_DROP", PR_CAPBSET_DROP),
                Operand.of(capability));
        b.place(next);
        b.compute(Arithmetic.SHIFT_RIGHT, rest, Operand.of(rest), Operand.number(1));
        b.add(capability, 1);
        b.branch(capability, Condition.LESS, MOST, loop);
        b.jump(done);
        b.place(refused);
        b.branch(result, Condition.EQUAL, -Linux.EINVAL, done);
        // Who may not take it away need not, where it is gone already.
        b.branch(result, Condition.NOT_EQUAL, -Linux.EPERM, failed);
        b.call(
                result,
                new OnError.Ignore(),
                Syscall.PRCTL,
                Operand.named("PR_CAPBSET_READ", PR_CAPBSET_READ),
                Operand.of(capability));
        b.branch(result, Condition.EQUAL, 0, next);
        b.set(result, -Linux.EPERM);
        b.place(failed);
        b.compute(Arithmetic.SUBTRACT, result, Operand.number(0), Operand.of(result));
        emitter.fail(
                "prctl(PR_CAPBSET_DROP, ...)",
                Hints.on(Linux.EPERM, "this takes CAP_SETPCAP: list `user` in `namespaces`, or run as root"),
                Refusal.SETUP,
                Operand.of(result));
        b.place(done);
    }

    /** Eight bytes that are only read. */
    static Operand mask(ProgramBuilder b, long bits) {
        ByteBuffer mask = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bits);
        return b.struct("mask", mask.array());
    }
}
