package io.nsbox.spec;

/**
 * What stands around the command while it runs.
 *
 * @param init whether a tiny init is process 1, and the command its child
 * @param tty whether the command gets a terminal of the sandbox's own
 */
public record Session(boolean init, Tty tty) {
    /** What a spec gets that says nothing. */
    public static final Session DEFAULT = new Session(false, Tty.AUTO);

    /** Whether a terminal of its own may be there when the launcher runs. */
    public boolean mayHaveTerminal() {
        return tty != Tty.FALSE;
    }
}
