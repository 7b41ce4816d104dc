package io.nsbox.seccomp;

/**
 * A condition on an argument of a system call.
 *
 * @param index which argument, 0 to 5
 * @param comparison how it is compared
 * @param value with what; for {@link Comparison#MASKED_EQ} the mask; unsigned
 * @param valueTwo for {@link Comparison#MASKED_EQ}: what the masked bits are; else 0
 */
public record Condition(int index, Comparison comparison, long value, long valueTwo) {

    /** Such as {@code arg1 == 0x5412}. */
    public String text() {
        String left = "arg" + index + " " + comparison.sign() + " 0x" + Long.toHexString(value);
        return comparison == Comparison.MASKED_EQ ? left + " == 0x" + Long.toHexString(valueTwo) : left;
    }

    /** What the argument is compared with, in the order in which conditions are tried. */
    long datum() {
        return comparison == Comparison.MASKED_EQ ? valueTwo : value;
    }

    /**
     * The same for an argument of which the kernel looks at these bits: a negative number, which profiles spell with all 64
     * bits, was meant for them.
     */
    Condition within(long mask) {
        if (mask == -1L) {
            return this;
        }
        return new Condition(index, comparison, narrow(value, mask), narrow(valueTwo, mask));
    }

    private static long narrow(long value, long mask) {
        long sign = (mask >>> 1) + 1;
        return value < 0 && value >= -sign ? value & mask : value;
    }
}
