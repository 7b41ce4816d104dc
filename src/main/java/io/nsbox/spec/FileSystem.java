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
 * @param dev what {@code /dev} is
 * @param guarded what is hidden or frozen after all mounts
 */
public record FileSystem(
        @Nullable Rootfs rootfs,
        boolean readOnly,
        List<Mount> mounts,
        List<Mount.Tmpfs> tmpfs,
        DeviceFolder dev,
        GuardedPaths guarded) {
    /** The caller's files as they are. */
    public static final FileSystem CALLERS =
            new FileSystem(null, false, List.of(), List.of(), DeviceFolder.UNSAID, GuardedPaths.UNSAID);

    public FileSystem {
        mounts = List.copyOf(mounts);
        tmpfs = List.copyOf(tmpfs);
    }

    /** Whether there is anything to mount under the root. */
    public boolean hasMounts() {
        return !mounts.isEmpty() || !tmpfs.isEmpty();
    }

    /** What {@code /dev} is: what the spec says, or its default. */
    public Dev devMode() {
        Dev said = dev.mode();
        return said != null ? said : rootfs != null ? Dev.MINIMAL : Dev.HOST;
    }
}
