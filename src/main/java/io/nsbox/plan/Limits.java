package io.nsbox.plan;

import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.Ulimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Resource limits as plans show them and as prlimit(2) takes them. */
final class Limits {
    private Limits() {}

    static Operand name(ResourceLimit limit) {
        return Operand.named("RLIMIT_" + limit.name(), limit.number());
    }

    /** A struct rlimit64. */
    static Operand struct(ProgramBuilder b, Ulimit value) {
        ByteBuffer struct = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        struct.putLong(value.soft()).putLong(value.hard());
        return b.struct(
                "{rlim_cur=" + Ulimit.text(value.soft()) + ", rlim_max=" + Ulimit.text(value.hard()) + "}",
                struct.array());
    }
}
