package io.nsbox.oci;

import java.util.Optional;

/** What an export looks at below {@code /}: nothing of it is changed. */
public interface HostPaths {

    /**
     * A device file (inode(7)).
     *
     * @param block whether it is a block device; else a character device
     * @param major the driver's number
     * @param minor the driver's number for this one
     * @param mode permission bits
     * @param uid who owns it
     * @param gid which group owns it
     */
    record Device(boolean block, long major, long minor, int mode, long uid, long gid) {}

    /** Whether there is something at this absolute path, links followed. */
    boolean exists(String path);

    /** The permission bits of the folder at this absolute path; empty for anything else, a link too. */
    Optional<Integer> folderMode(String path);

    /** The device at this absolute path, links followed. */
    Optional<Device> device(String path);

    /** The path without links. */
    Optional<String> real(String path);

    /** Whether something is mounted below this folder. */
    boolean hasMountsBelow(String folder);
}
