package io.nsbox.seccomp;

import java.util.Optional;

/**
 * A version of Linux, as far as profiles tell versions apart.
 *
 * @param major such as 6
 * @param minor such as 18
 */
public record KernelRelease(int major, int minor) implements Comparable<KernelRelease> {
    /** The oldest that launchers run on. */
    public static final KernelRelease OLDEST = new KernelRelease(5, 12);

    private static final int MOST_DIGITS = 4;

    /** Reads {@code 4.8}. */
    public static Optional<KernelRelease> parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        String major = text.substring(0, dot);
        String minor = text.substring(dot + 1);
        return isNumber(major) && isNumber(minor)
                ? Optional.of(new KernelRelease(Integer.parseInt(major), Integer.parseInt(minor)))
                : Optional.empty();
    }

    private static boolean isNumber(String digits) {
        return !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Whether this is the other version or a later one. */
    public boolean atLeast(KernelRelease other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(KernelRelease other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
