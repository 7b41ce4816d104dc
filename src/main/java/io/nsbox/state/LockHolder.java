package io.nsbox.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the kernel who holds an flock(2) (proc_locks(5)).
 *
 * <p>No pid that a file names is trusted: the kernel's table names the process that took the lock, and whether that process
 * lives and has the file open is looked at.
 */
final class LockHolder {
    /** As in {@code 1: FLOCK  ADVISORY  WRITE 4711 00:1a:815 0 EOF}. */
    private static final Pattern FLOCK =
            Pattern.compile("\\d+: FLOCK +ADVISORY +WRITE (\\d+) \\p{XDigit}+:\\p{XDigit}+:(\\d+) .*");

    private LockHolder() {}

    /** The process that holds the lock; empty where nobody does. */
    static OptionalLong of(Path lock) throws IOException {
        long inode;
        try {
            inode = (Long) Files.getAttribute(lock, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // Perhaps it was removed just now: there is no asking before.
            return OptionalLong.empty();
        }
        // Not as UTF-8: a table that changes while it is read must not be an error.
        String table = new String(Files.readAllBytes(Path.of("/proc/locks")), StandardCharsets.ISO_8859_1);
        for (String line : table.split("\n")) {
            Matcher flock = FLOCK.matcher(line);
            if (flock.matches() && Long.parseLong(flock.group(2)) == inode) {
                long pid = Long.parseLong(flock.group(1));
                // Inodes of different file systems have the same numbers.
                if (hasOpen(pid, lock)) {
                    return OptionalLong.of(pid);
                }
            }
        }
        return OptionalLong.empty();
    }

    private static boolean hasOpen(long pid, Path file) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : open) {
                if (isSame(descriptor, file)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // It has ended, or is somebody else's.
        }
        return false;
    }

    private static boolean isSame(Path descriptor, Path file) {
        try {
            return Files.isSameFile(descriptor, file);
        } catch (IOException e) {
            return false;
        }
    }
}
