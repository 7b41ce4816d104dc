package io.nsbox.spec;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file systems that have no files of their own, and the namespace whose state each of them shows. */
public enum KernelFileSystem {
    PROC("proc", Namespace.PID),
    SYSFS("sysfs", Namespace.NETWORK),
    DEVPTS("devpts", null),
    MQUEUE("mqueue", Namespace.IPC),
    CGROUP("cgroup2", Namespace.CGROUP);

    private final String type;
    private final Optional<Namespace> shows;

    KernelFileSystem(String type, @Nullable Namespace shows) {
        this.type = type;
        this.shows = Optional.ofNullable(shows);
    }

    /** The word of the language. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kernel's name of it (filesystems(5)). */
    public String type() {
        return type;
    }

    /** The namespace that it shows; in a user namespace the kernel mounts it only if that one is new too. */
    public Optional<Namespace> shows() {
        return shows;
    }

    /** What may be done with its files unless the spec says otherwise: terminals of devpts are devices. */
    public Mount.Access access() {
        return new Mount.Access(false, false, this == DEVPTS, false);
    }
}
