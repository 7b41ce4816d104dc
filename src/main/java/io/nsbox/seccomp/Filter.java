package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A filter as seccomp(2) takes it.
 *
 * @param arch the architecture whose calls it lets through
 * @param instructions in order; it starts at the first
 */
public record Filter(Arch arch, List<BpfInstruction> instructions) {
    /** The most instructions that the kernel takes: BPF_MAXINSNS of linux/bpf_common.h. */
    public static final int LONGEST = 4096;

    /** Bytes of an instruction. */
    private static final int INSTRUCTION_SIZE = 8;

    public Filter {
        instructions = List.copyOf(instructions);
    }

    /** How many instructions it has; the kernel refuses more than {@link #LONGEST}. */
    public int size() {
        return instructions.size();
    }

    /** The instructions as the kernel reads them. */
    public byte[] bytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(INSTRUCTION_SIZE * instructions.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (BpfInstruction each : instructions) {
            bytes.putShort((short) each.code())
                    .put((byte) each.jt())
                    .put((byte) each.jf())
                    .putInt(each.k());
        }
        return bytes.array();
    }
}
