package io.nsbox.spec;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A kind of Linux namespace (namespaces(7)), in alphabetical order. */
public enum Namespace {
    CGROUP,
    IPC,
    MOUNT,
    NETWORK,
    PID,
    TIME,
    USER,
    UTS;

    /** The namespace that a spec calls by this word. */
    public static Optional<Namespace> find(String word) {
        for (Namespace namespace : values()) {
            if (namespace.word().equals(word)) {
                return Optional.of(namespace);
            }
        }
        return Optional.empty();
    }

    /** An immutable set that iterates in alphabetical order. */
    static Set<Namespace> ordered(Set<Namespace> namespaces) {
        Set<Namespace> copy = EnumSet.noneOf(Namespace.class);
        copy.addAll(namespaces);
        return Collections.unmodifiableSet(copy);
    }

    /** The word that a spec uses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
