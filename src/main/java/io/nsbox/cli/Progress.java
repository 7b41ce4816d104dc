package io.nsbox.cli;

/** A line on the terminal that counts, for runs that are long; nothing where nobody watches. */
final class Progress {
    /** Fewer than this are done before anybody would wonder. */
    private static final int LONG = 1000;

    private static final int EVERY = 500;

    private final Console console;
    private final int total;
    private final boolean shown;
    private int done;

    Progress(Console console, int total) {
        this.console = console;
        this.total = total;
        this.shown = console.errIsTerminal() && total >= LONG;
    }

    /** Some more are done. */
    void advance(int count) {
        int before = done / EVERY;
        done = Math.min(total, done + count);
        if (shown && done / EVERY > before) {
            console.err().print("\rchecked " + done + " of " + total);
            console.err().flush();
        }
    }

    /** Takes the line away. */
    void end() {
        if (shown) {
            console.err().print("\r" + " ".repeat(("checked of " + total + total).length() + 1) + "\r");
            console.err().flush();
        }
    }
}
