package io.nsbox.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of a machine: the only way in which this package looks at anything, so that a test can hand in another machine.
 *
 * <p>Nothing here throws: what is missing or may not be read is absent, because for a fact both mean the same.
 */
public interface HostTree {

    /** Permission bit: the file runs with its owner's id (inode(7)). */
    int SETUID = 04000;

    /** Permission bits: somebody may execute the file (inode(7)). */
    int EXECUTABLE = 0111;

    /**
     * Who owns a file and what may be done with it.
     *
     * @param mode permission bits, with setuid, setgid and sticky (inode(7))
     * @param uid the owner as the caller's user namespace shows it
     */
    record Status(int mode, long uid) {}

    /** The regular file at this absolute path; absent also where it is larger than {@value #MOST_BYTES} bytes. */
    Optional<HostFile> read(String path);

    /** Owner and permissions of the file or folder at this absolute path, links followed. */
    Optional<Status> status(String path);

    /** The names in the folder at this absolute path, sorted; empty where there is no such folder. */
    List<String> list(String path);

    /** Files larger than this are not read: none of those that matter comes near it. */
    int MOST_BYTES = 16 * 1024 * 1024;

    /** The text of a one-line file without the white space around it, as most files below {@code /proc/sys} are. */
    default Optional<String> word(String path) {
        return read(path).map(file -> file.text().strip());
    }

    /** The machine whose root folder is {@code root}; {@code /} for the one that runs this. */
    static HostTree at(Path root) {
        return new FolderTree(root);
    }
}
