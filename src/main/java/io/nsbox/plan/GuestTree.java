package io.nsbox.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files below the sandbox's root, as far as the search for targets sees them: which are there, and on which mount.
 *
 * <p>A new tmpfs is empty. What the root and the mounts of the caller's files hold is supposed: all that is asked for, or
 * nothing.
 */
final class GuestTree {
    private static final String ROOT = "/";

    private final boolean empty;
    /** What is mounted where: the innermost mount of a path is the longest of those that hold it. */
    private final Map<String, Long> mounts = new TreeMap<>(Map.of(ROOT, 0L));

    private final Set<Long> newTmpfs = new HashSet<>();
    /** What was made, on which mount. */
    private final Set<String> made = new HashSet<>();

    private final Map<Long, String> places = new HashMap<>();

    /** A tree whose root, and whose mounts of the caller's files, are supposed to be empty or to hold everything. */
    GuestTree(boolean empty) {
        this.empty = empty;
    }

    /** Takes note that a mount is that of a new tmpfs. */
    void tmpfs(long mount) {
        newTmpfs.add(mount);
    }

    boolean has(String path) {
        long mount = mountOf(path);
        return path.equals(ROOT)
                || mounts.containsKey(path)
                || made.contains(mount + path)
                || !newTmpfs.contains(mount) && !empty;
    }

    /** Takes note that a descriptor is open on a path. */
    void opened(long file, String path) {
        places.put(file, path);
    }

    /** Takes note of a new name in the folder that a descriptor is open on. */
    void made(long folder, String name) {
        if (places.containsKey(folder)) {
            String path = below(place(folder), name);
            made.add(mountOf(path) + path);
        }
    }

    /** Takes note that a mount was moved to the place that a descriptor is open on, or to a name in that folder. */
    void mounted(long mount, long target, String name) {
        String place = places.get(target);
        if (place != null) {
            String path = name.isEmpty() ? place : below(place, name);
            mounts.put(path, mount);
            places.put(mount, path);
        }
    }

    private static String below(String folder, String name) {
        return (folder.equals(ROOT) ? "" : folder) + ROOT + name;
    }

    /** The folder above the one that a descriptor is open on. */
    String above(long folder) {
        String path = place(folder);
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? ROOT : path.substring(0, slash);
    }

    /** A number for the file that a descriptor is open on, for each file another. */
    long inode(long file) {
        return 1L + place(file).hashCode();
    }

    /** The mount that a descriptor is open on. */
    long mount(long file) {
        return mountOf(place(file));
    }

    private String place(long file) {
        return places.getOrDefault(file, ROOT);
    }

    private long mountOf(String path) {
        String innermost = ROOT;
        for (String target : mounts.keySet()) {
            boolean holds = target.equals(ROOT) || (path + ROOT).startsWith(target + ROOT);
            innermost = holds && target.length() >= innermost.length() ? target : innermost;
        }
        return mounts.getOrDefault(innermost, 0L);
    }
}
