package io.nsbox.launch;

/** The cache cannot be used; the message says which folder and why, and fits into one line. */
public final class CacheException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A failure without a cause below it. */
    public CacheException(String message) {
        super(message);
    }

    CacheException(String message, Throwable cause) {
        super(message, cause);
    }
}
