package io.nsbox.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files that are executed: whole or not at all. */
public final class ExecutableFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private ExecutableFile() {}

    /**
     * Puts a file in place in one step (rename(2)), so that nobody ever executes half of it.
     *
     * <p>Replacing by a new file, and not writing into the old one, also keeps an image that is running just now as it was: the
     * kernel would refuse to have it written to (ETXTBSY).
     *
     * @param permissions as {@code ls} prints them, whatever the umask is
     */
    public static void write(Path target, byte[] content, String permissions) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            throw new FileSystemException(target.toString(), null, "not the name of a file");
        }
        Path temporary = create(folder);
        try {
            try (SeekableByteChannel channel = Files.newByteChannel(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(permissions));
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
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
        if (failure instanceof NotDirectoryException) {
            return "a part of its path is not a folder";
        }
        if (failure instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    // Not Files.createTempFile: its SecureRandom costs 30 ms of a cold start, and a name that is taken is only tried
    // again.
    private static Path create(Path folder) throws IOException {
        for (int attempt = 0; ; attempt++) {
            Path candidate = folder.resolve(".nsbox-" + ProcessHandle.current().pid() + "-" + attempt);
            try {
                return Files.createFile(candidate, OWNER_ONLY);
            } catch (FileAlreadyExistsException e) {
                if (attempt == 1000) {
                    throw e;
                }
            }
        }
    }
}
