package io.nsbox.program;

/** What an instruction can compute from two 64-bit values. */
public enum Arithmetic {
    /** The first value, as it is. */
    SET(2, ""),
    ADD(3, "+"),
    SUBTRACT(4, "-"),
    AND(5, "&"),
    OR(6, "|"),
    SHIFT_LEFT(7, "<<"),
    /** Unsigned. */
    SHIFT_RIGHT(8, ">>");

    private final int opcode;
    private final String sign;

    Arithmetic(int opcode, String sign) {
        this.opcode = opcode;
        this.sign = sign;
    }

    /** Its operation code in the table. */
    public int opcode() {
        return opcode;
    }

    /** How listings spell it. */
    public String sign() {
        return sign;
    }

    /** Computes; shift counts are taken modulo 64, as both processors do. */
    public long compute(long left, long right) {
        return switch (this) {
            case SET -> left;
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case AND -> left & right;
            case OR -> left | right;
            case SHIFT_LEFT -> left << right;
            case SHIFT_RIGHT -> left >>> right;
        };
    }
}
