package io.nsbox.seccomp;

/**
 * An instruction of classic BPF, {@code struct sock_filter} of linux/filter.h.
 *
 * @param code operation, 16 bits
 * @param jt instructions to skip where a comparison holds, 0 to 255
 * @param jf instructions to skip where it does not
 * @param k the operand
 */
public record BpfInstruction(int code, int jt, int jf, int k) {
    /* linux/bpf_common.h: BPF_LD|BPF_W|BPF_ABS and so on. */
    static final int LOAD = 0x20;
    static final int JUMP = 0x05;
    static final int JUMP_EQUAL = 0x15;
    static final int JUMP_GREATER = 0x25;
    static final int JUMP_AT_LEAST = 0x35;
    static final int AND = 0x54;
    static final int RETURN = 0x06;

    /** The most instructions that a jump of a comparison can skip. */
    static final int FARTHEST = 255;

    public BpfInstruction {
        if (jt < 0 || jt > FARTHEST || jf < 0 || jf > FARTHEST) {
            throw new IllegalArgumentException("a jump over " + jt + " or " + jf + " instructions");
        }
    }

    /** Reads 32 bits of the system call's data. */
    static BpfInstruction load(int offset) {
        return new BpfInstruction(LOAD, 0, 0, offset);
    }

    static BpfInstruction and(int mask) {
        return new BpfInstruction(AND, 0, 0, mask);
    }

    static BpfInstruction jump(int skip) {
        return new BpfInstruction(JUMP, 0, 0, skip);
    }

    static BpfInstruction compare(int code, int k, int jt, int jf) {
        return new BpfInstruction(code, jt, jf, k);
    }

    static BpfInstruction answer(Action action) {
        return new BpfInstruction(RETURN, 0, 0, action.value());
    }
}
