package io.nsbox.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Writes files that are executed: whole or not at all. */
public final class ExecutableFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final int NAMES = 1000;

    private ExecutableFile() {}

    /**
     * Puts a file in place in one step (rename(2)), so that nobody ever executes half of it.
     *
     * <p>Replacing by a new file, and not writing into the old one, also keeps an image that is running just now as it was: the
     * kernel would refuse to have it written to (ETXTBSY).
     *
     * <p>A symbolic link stays, and what it leads to is replaced. A device, a FIFO or a pipe is written to: root would lose
     * {@code /dev/null} and {@code /dev/stdout} to a file that takes their place.
     *
     * @param permissions as {@code ls} prints them, whatever the umask is
     */
    public static void write(Path target, byte[] content, String permissions) throws IOException {
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            Files.write(target, content, StandardOpenOption.WRITE);
        } else {
            Path file = Files.isRegularFile(target) ? target.toRealPath() : target;
            write(file, content, permissions, Optional.empty());
        }
    }

    /**
     * The same, but whatever stands in the file's place gives way, a symbolic link too.
     *
     * @param permissions as {@code ls} prints them, whatever the umask is
     */
    public static void replace(Path target, byte[] content, String permissions) throws IOException {
        write(target, content, permissions, Optional.empty());
    }

    /** The same, with a time of last modification that the file has from its first moment. */
    static void write(Path target, byte[] content, String permissions, Optional<FileTime> modified) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            throw new FileSystemException(target.toString(), null, "not the name of a file");
        }
        for (int attempt = 0; ; attempt++) {
            // Not Files.createTempFile, whose random numbers are slow to start; a name that is taken is only tried
            // again.
            Path temporary = folder.resolve(".nsbox-" + ProcessHandle.current().pid() + "-" + attempt);
            try {
                write(temporary, target, content, PosixFilePermissions.fromString(permissions), modified);
                return;
            } catch (FileAlreadyExistsException e) {
                if (attempt == NAMES) {
                    throw e;
                }
            }
        }
    }

    private static void write(
            Path temporary,
            Path target,
            byte[] content,
            Set<PosixFilePermission> permissions,
            Optional<FileTime> modified)
            throws IOException {
        // Opened by the call that creates it: afterwards a umask may keep even the owner out.
        try (SeekableByteChannel channel = Files.newByteChannel(temporary, NEW, OWNER_ONLY)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        try {
            Files.setPosixFilePermissions(temporary, permissions);
            if (modified.isPresent()) {
                Files.setLastModifiedTime(temporary, modified.get());
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** What went wrong, in words for a person: the JDK's messages name the file only, or a class. */
    public static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such folder";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return failure.getMessage() + " is a folder with something in it";
        }
        if (failure instanceof NotDirectoryException) {
            return "a part of its path is not a folder";
        }
        if (failure instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
