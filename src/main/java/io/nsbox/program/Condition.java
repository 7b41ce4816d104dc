package io.nsbox.program;

/** When a branch is taken; the number is its code in the table. */
public enum Condition {
    EQUAL(0, "=="),
    NOT_EQUAL(1, "!="),
    /** Signed. */
    LESS(2, "<"),
    /** Signed. */
    AT_LEAST(3, ">="),
    /** At least one bit of the mask is set. */
    ANY_BIT(4, "has any of"),
    /** No bit of the mask is set. */
    NO_BIT(5, "has none of");

    private final int code;
    private final String sign;

    Condition(int code, String sign) {
        this.code = code;
        this.sign = sign;
    }

    /** Its code in the table. */
    public int code() {
        return code;
    }

    /** How listings spell it. */
    public String sign() {
        return sign;
    }

    /** Whether the condition holds. */
    public boolean holds(long left, long right) {
        return switch (this) {
            case EQUAL -> left == right;
            case NOT_EQUAL -> left != right;
            case LESS -> left < right;
            case AT_LEAST -> left >= right;
            case ANY_BIT -> (left & right) != 0;
            case NO_BIT -> (left & right) == 0;
        };
    }
}
