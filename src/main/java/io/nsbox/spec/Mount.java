package io.nsbox.spec;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One entry of {@code mounts} or {@code tmpfs}. Paths of the caller's are absolute. */
public sealed interface Mount
        permits Mount.Bind, Mount.Tmpfs, Mount.Overlay, Mount.TextFile, Mount.Folder, Mount.Symlink, Mount.Kernel {

    /** Where it goes. */
    GuestPath target();

    /**
     * What may be done with the files of a mount (mount_setattr(2)).
     *
     * @param readOnly whether nothing can be written, in every mount below it too
     * @param suid whether set-user-ID bits and file capabilities count
     * @param dev whether device files work
     * @param exec whether programs can be executed
     */
    record Access(boolean readOnly, boolean suid, boolean dev, boolean exec) {
        /** Written and executed, but without set-user-ID bits and devices. */
        public static final Access DEFAULT = new Access(false, false, false, true);
    }

    /**
     * A file or folder of the caller's, with every mount below it.
     *
     * @param source an absolute path of the caller's
     * @param optional whether it is left out where the source is missing
     */
    record Bind(String source, GuestPath target, boolean optional, Access access) implements Mount {}

    /**
     * A new file system in memory.
     *
     * @param size bytes, 1 or more; the kernel's default unless given
     * @param mode of its root, 0 to 07777
     */
    record Tmpfs(GuestPath target, Optional<ByteSize> size, int mode, Access access) implements Mount {}

    /**
     * Folders seen as one.
     *
     * @param lower absolute paths of the caller's; the first is on top
     * @param kept where changes are kept; {@code null}: they are thrown away
     */
    record Overlay(GuestPath target, List<String> lower, Rootfs.@Nullable Kept kept, Access access) implements Mount {
        public Overlay {
            lower = List.copyOf(lower);
        }
    }

    /**
     * A file with this content.
     *
     * @param mode 0 to 0777
     */
    record TextFile(GuestPath target, String content, int mode, Access access) implements Mount {}

    /**
     * A folder, made where it is missing.
     *
     * @param mode 0 to 01777
     */
    record Folder(GuestPath target, int mode) implements Mount {}

    /** A symbolic link, made where it is missing. */
    record Symlink(GuestPath target, String to) implements Mount {}

    /** A file system that the kernel makes up. */
    record Kernel(KernelFileSystem type, GuestPath target, Access access) implements Mount {}
}
