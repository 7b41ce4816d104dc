package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Hands the launcher's side of a pseudo-terminal over, from where it was opened: SCM_RIGHTS on the report channel (unix(7)). */
final class PassMaster {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int HEADER_SIZE = 56;
    private static final int CONTROL_SIZE = 24;
    private static final int CONTROL_LENGTH = 20;

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final Operand.Address header;
    private final Operand.Address control;
    private final Operand.Address note;

    PassMaster(Emitter emitter) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        header = b.buffer("header", HEADER_SIZE);
        control = b.buffer("control", CONTROL_SIZE);
        note = b.buffer("note", 8);
    }

    /** Emits, for the sandbox's process, that the launcher gets the file. */
    void send(Slot master) {
        b.copy(header, message(), Operand.number(HEADER_SIZE), Slot.NOWHERE);
        b.store(8, control, 0, Operand.number(CONTROL_LENGTH));
        b.store(4, control, 8, Operand.named("SOL_SOCKET", SOL_SOCKET));
        b.store(4, control, 12, Operand.named("SCM_RIGHTS", SCM_RIGHTS));
        b.store(4, control, 16, Operand.of(master));
        emitter.must(Syscall.SENDMSG, Operand.of(frame.reportOut), header.shownAs("{<master>}"), Operand.number(0));
    }

    /**
     * Emits, for the launcher, that it takes what was sent.
     *
     * @param master receives the file, if one came
     * @param result receives what recvmsg(2) returned
     */
    void receive(Slot master, Slot result) {
        b.copy(header, message(), Operand.number(HEADER_SIZE), Slot.NOWHERE);
        Label none = b.label("no master came");
        b.call(
                result,
                new OnError.Ignore(),
                Syscall.RECVMSG,
                Operand.of(frame.reportIn),
                header.shownAs("{&master}"),
                Operand.named("MSG_DONTWAIT|MSG_CMSG_CLOEXEC", 0x4000_0040));
        b.branch(result, Condition.NOT_EQUAL, 1, none);
        Slot length = frame.scratch3;
        b.load(8, length, header, 40);
        b.branch(length, Condition.LESS, CONTROL_LENGTH, none);
        b.load(4, master, control, 16);
        b.place(none);
    }

    /** A struct msghdr of one byte and room for one descriptor (recvmsg(2)). */
    private Operand message() {
        Operand.Address vector = b.struct(
                "{note}",
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(8, 1)
                        .array(),
                Map.of(0, note));
        byte[] bytes = ByteBuffer.allocate(HEADER_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(24, 1)
                .putLong(40, CONTROL_SIZE)
                .array();
        return b.struct("message", bytes, Map.of(16, vector, 32, control));
    }
}
