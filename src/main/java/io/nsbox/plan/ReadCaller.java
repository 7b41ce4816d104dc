package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads who the caller is and whether it may write any id map: CAP_SETGID and CAP_SETUID (capabilities(7)). */
final class ReadCaller implements Step {
    private static final int LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    private static final int CAP_SETGID = 6;
    private static final int CAP_SETUID = 7;

    @Override
    public String title() {
        return "read ids and capabilities";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        emitter.must(frame.uid, Syscall.GETEUID);
        emitter.must(frame.gid, Syscall.GETEGID);
        emitter.must(Syscall.CAPGET, header(b), frame.words.shownAs("&capabilities"));
        int both = 1 << CAP_SETGID | 1 << CAP_SETUID;
        Label done = b.label("caller is known");
        b.load(4, frame.scratch, frame.words, 0);
        b.compute(Arithmetic.AND, frame.scratch, Operand.of(frame.scratch), Operand.number(both));
        b.set(frame.mayMap, 0);
        b.branch(frame.scratch, Condition.NOT_EQUAL, both, done);
        b.set(frame.mayMap, 1);
        b.place(done);
    }

    /** The header with which a process asks for its own sets, or sets them (capget(2)). */
    static Operand header(ProgramBuilder b) {
        ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(LINUX_CAPABILITY_VERSION_3).putInt(0);
        return b.struct("{_LINUX_CAPABILITY_VERSION_3, 0}", header.array());
    }
}
