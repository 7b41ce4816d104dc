package io.nsbox.spec;

import java.util.Locale;

/** How mounts and unmounts travel between the sandbox and the caller (mount_namespaces(7)). */
public enum Propagation {
    PRIVATE,
    SLAVE,
    SHARED,
    UNBINDABLE;

    /** The word that a spec uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
