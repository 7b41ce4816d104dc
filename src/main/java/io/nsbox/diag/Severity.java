package io.nsbox.diag;

/** How much a diagnostic weighs: only an error keeps a sandbox from running. */
public enum Severity {
    ERROR,
    WARNING,
    NOTE;

    /** The word that messages show, in lower case. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
