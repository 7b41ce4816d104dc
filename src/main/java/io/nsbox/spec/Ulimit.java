package io.nsbox.spec;

/**
 * A soft and a hard limit.
 *
 * @param soft what is enforced, or {@link #UNLIMITED}
 * @param hard how far the command may raise it, or {@link #UNLIMITED}; never less than the soft one
 */
public record Ulimit(long soft, long hard) {
    /** RLIM_INFINITY of the kernel (getrlimit(2)). */
    public static final long UNLIMITED = -1;

    /** A limit for people: {@code 64} or {@code unlimited}. */
    public static String text(long value) {
        return value == UNLIMITED ? "unlimited" : Long.toString(value);
    }

    /** Both for people: {@code 64}, or {@code 64, hard 128}. */
    public String text() {
        return soft == hard ? text(soft) : text(soft) + ", hard " + text(hard);
    }
}
