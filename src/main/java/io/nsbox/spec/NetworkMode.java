package io.nsbox.spec;

import java.util.Locale;

/** What a new network namespace holds when the command starts. */
public enum NetworkMode {
    /** The loopback interface is up. */
    LOOPBACK,
    /** The loopback interface stays down, as a bare clone leaves it. */
    DOWN;

    /** The word that a spec uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
