package io.nsbox.program;

/** A program that does not fit a launcher. */
public final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int size;
    private final int most;

    TooLargeException(int size, int most) {
        super("a table of " + size + " bytes is too large");
        this.size = size;
        this.most = most;
    }

    /** The bytes that its table would have. */
    public int size() {
        return size;
    }

    /** The bytes that a table can have. */
    public int most() {
        return most;
    }
}
