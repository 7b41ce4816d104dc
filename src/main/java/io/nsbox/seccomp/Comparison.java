package io.nsbox.seccomp;

/** How an argument is compared; all comparisons are unsigned. */
public enum Comparison {
    /** Not equal. */
    NE("!="),
    /** Less than. */
    LT("<"),
    /** Less than or equal. */
    LE("<="),
    /** Equal. */
    EQ("=="),
    /** Greater than or equal. */
    GE(">="),
    /** Greater than. */
    GT(">"),
    /** The bits of a mask are equal to a value. */
    MASKED_EQ("&");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    /** How profiles spell it. */
    public String word() {
        return "SCMP_CMP_" + name();
    }

    /** How listings spell it. */
    public String sign() {
        return sign;
    }
}
