package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Closes what the caller left open beyond the standard streams, and fills a standard stream that is closed.
 *
 * <p>A closed standard stream would let the report channel land on it, and the command write into that.
 */
final class CloseInheritedFiles implements Step {
    private static final int POLLNVAL = 0x20;
    private static final int STREAMS = 3;

    @Override
    public String title() {
        return "close files from 3 up";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        emitter.must(
                Hints.on(Linux.ENOSYS, "needs Linux 5.12"),
                Syscall.CLOSE_RANGE,
                Operand.number(3),
                Operand.named("~0U", 0xffff_ffffL),
                Operand.number(0));
        ByteBuffer pollfds = ByteBuffer.allocate(8 * STREAMS).order(ByteOrder.LITTLE_ENDIAN);
        for (int fd = 0; fd < STREAMS; fd++) {
            pollfds.putInt(fd).putInt(0);
        }
        Slot open = frame.scratch;
        Label again = b.label("fill standard streams");
        Label done = b.label("standard streams are open");
        b.place(again);
        b.copy(frame.polls, b.struct("{0, 1, 2}", pollfds.array()), Operand.number(8 * STREAMS), Slot.NOWHERE);
        emitter.must(
                Syscall.PPOLL,
                frame.polls.shownAs("[{fd=0}, {fd=1}, {fd=2}]"),
                Operand.number(STREAMS),
                frame.noTime,
                Operand.NULL,
                Operand.number(0));
        // The revents of all three at once: they are the upper halves of the 32-bit words at 4, 12 and 20.
        b.load(2, open, frame.polls, 6);
        b.load(2, frame.scratch2, frame.polls, 14);
        b.compute(Arithmetic.OR, open, Operand.of(open), Operand.of(frame.scratch2));
        b.load(2, frame.scratch2, frame.polls, 22);
        b.compute(Arithmetic.OR, open, Operand.of(open), Operand.of(frame.scratch2));
        b.branch(open, Condition.NO_BIT, POLLNVAL, done);
        emitter.must(
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/dev/null"),
                Operand.named("O_RDWR", Linux.O_RDWR),
                Operand.number(0));
        b.jump(again);
        b.place(done);
    }
}
