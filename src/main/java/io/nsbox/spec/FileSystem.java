package io.nsbox.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox sees as its files: one component a key of the language.
 *
 * @param rootfs the folder that becomes {@code /}; the caller's root unless given
 * @param readOnly whether {@code /} and everything below it that came with it is read-only
 * @param mounts what is mounted, in order
 * @param tmpfs what is mounted before that
 */
public record FileSystem(@Nullable Rootfs rootfs, boolean readOnly, List<Mount> mounts, List<Mount.Tmpfs> tmpfs) {
    /** The caller's files as they are. */
    public static final FileSystem CALLERS = new FileSystem(null, false, List.of(), List.of());

    public FileSystem {
        mounts = List.copyOf(mounts);
        tmpfs = List.copyOf(tmpfs);
    }

    /** Whether there is anything to mount under the root. */
    public boolean hasMounts() {
        return !mounts.isEmpty() || !tmpfs.isEmpty();
    }
}
