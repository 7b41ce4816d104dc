package io.nsbox.cli;

/** Something about sandboxes with a name cannot be done; the message says what and why, in one line. */
final class StateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StateException(String message) {
        super(message);
    }
}
