package io.nsbox.spec;

import java.util.Locale;

/** Whether the command gets a pseudo-terminal of the sandbox's own. */
public enum Tty {
    /** Where the caller's standard input and output are terminals. */
    AUTO,
    /** Always. */
    TRUE,
    /** Never: the command has the caller's standard streams. */
    FALSE;

    /** The word that a spec uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
