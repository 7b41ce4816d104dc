package io.nsbox.state;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A folder that belongs to the caller and to which nobody else can write; where that is not so it is refused, never mended:
 * somebody else may have put something into it.
 */
public final class PrivateFolder {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> WRITE_FOR_OTHERS =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private PrivateFolder() {}

    /** Makes a folder and those above it, where they are missing, for the caller alone. */
    public static void make(Path folder) throws IOException {
        // Not Files.createDirectories: a umask may take even the owner's rights away.
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null) {
            make(parent);
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.setPosixFilePermissions(folder, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            // Another run was faster. Whether it may be used, and is a folder at all, shows later.
        }
    }

    /**
     * Looks whether a folder may be trusted.
     *
     * @return why not, as the rest of a sentence about the folder; empty if it may
     */
    public static Optional<String> whyNot(Path folder) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isDirectory()) {
            return Optional.of(attributes.isSymbolicLink() ? "it is a symbolic link" : "it is not a folder");
        }
        int user = effectiveUser();
        if (owner(folder) != user) {
            return Optional.of("it belongs to " + attributes.owner().getName());
        }
        if (writableForOthers(attributes)) {
            return Optional.of("others can write to it; chmod 700 mends that, once you know what is in it");
        }
        return user == 0 ? ancestors(folder.toRealPath()) : Optional.empty();
    }

    // Whoever can write to a folder above can put another folder in this one's place. For root that is somebody else's
    // way
    // to become root; for anybody else, folders above that a group can write to are usual (umask 002).
    private static Optional<String> ancestors(Path folder) throws IOException {
        for (Path above = folder.getParent(); above != null; above = above.getParent()) {
            PosixFileAttributes attributes = Files.readAttributes(above, PosixFileAttributes.class);
            boolean sticky = ((Integer) Files.getAttribute(above, "unix:mode") & 01000) != 0;
            if (owner(above) != 0) {
                return Optional.of(above + " belongs to " + attributes.owner().getName());
            }
            if (writableForOthers(attributes) && !sticky) {
                return Optional.of("others can write to " + above);
            }
        }
        return Optional.empty();
    }

    /** The effective user id of this process: the owner of its own entry in procfs (proc(5)). */
    public static int effectiveUser() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static int owner(Path folder) throws IOException {
        return (Integer) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean writableForOthers(PosixFileAttributes attributes) {
        return attributes.permissions().stream().anyMatch(WRITE_FOR_OTHERS::contains);
    }
}
