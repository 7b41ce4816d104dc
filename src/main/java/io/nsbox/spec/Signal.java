package io.nsbox.spec;

/**
 * A signal by its name and its number; the numbers are the same on x86-64 and aarch64 (signal(7)).
 *
 * @param name such as {@code SIGTERM}
 * @param number 1 to 64
 */
public record Signal(String name, int number) {
    /** What asks a command to end, unless the spec says otherwise. */
    public static final Signal TERM = new Signal("SIGTERM", 15);
}
