package io.nsbox.spec;

import java.util.Locale;

/** A kind of Linux namespace (namespaces(7)), in the order in which the language page lists them. */
public enum Namespace {
    CGROUP,
    IPC,
    MOUNT,
    NETWORK,
    PID,
    TIME,
    USER,
    UTS;

    /** The word that a spec uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
