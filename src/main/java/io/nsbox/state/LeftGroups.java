package io.nsbox.state;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The control groups that launchers made and could not remove, because they and their guards were killed (cgroups(7)).
 *
 * <p>A group is a launcher's by its name. It is left when nobody is in it or below: the first process of a sandbox is in it
 * from before its command runs until it ends. The kernel removes no group that somebody is in (rmdir(2), EBUSY), whatever is
 * thought here.
 *
 * @param hierarchies where groups are mounted
 * @param user whose groups
 */
public record LeftGroups(List<Path> hierarchies, int user) {
    private static final Pattern NAME = Pattern.compile("nsbox-.+-\\d{1,10}(\\.\\d+)?");

    public LeftGroups {
        hierarchies = List.copyOf(hierarchies);
    }

    /**
     * Removes them.
     *
     * @param before those that were made since then may be about to be used
     * @return which were removed
     */
    public List<Path> remove(Instant before) throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Path hierarchy : hierarchies) {
            for (Path group : find(hierarchy, before)) {
                if (removeTree(group)) {
                    removed.add(group);
                }
            }
        }
        Collections.sort(removed);
        return removed;
    }

    private List<Path> find(Path hierarchy, Instant before) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(hierarchy, new Folders() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                boolean named =
                        NAME.matcher(String.valueOf(folder.getFileName())).matches();
                if (!named) {
                    return FileVisitResult.CONTINUE;
                }
                boolean old = attributes.lastModifiedTime().toInstant().isBefore(before);
                if (old && isOwn(folder)) {
                    found.add(folder);
                }
                return FileVisitResult.SKIP_SUBTREE;
            }
        });
        return found;
    }

    private boolean isOwn(Path folder) {
        try {
            return Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS) instanceof Integer uid
                    && uid == user;
        } catch (IOException e) {
            // It went meanwhile.
            return false;
        }
    }

    /** Removes a group and all below, unless anybody is in one of them. */
    private static boolean removeTree(Path group) throws IOException {
        List<Path> all = new ArrayList<>();
        Files.walkFileTree(group, new Folders() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                all.add(folder);
                return FileVisitResult.CONTINUE;
            }
        });
        for (Path each : all) {
            if (!isEmpty(each)) {
                return false;
            }
        }
        Collections.reverse(all);
        try {
            for (Path each : all) {
                Files.delete(each);
            }
        } catch (IOException e) {
            // Somebody came, or it went meanwhile.
            return false;
        }
        return !all.isEmpty();
    }

    private static boolean isEmpty(Path group) {
        try {
            return Files.readAllBytes(group.resolve("cgroup.procs")).length == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What cannot be looked at is passed over. */
    private abstract static class Folders extends SimpleFileVisitor<Path> implements FileVisitor<Path> {
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException reason) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException reason) {
            return FileVisitResult.CONTINUE;
        }
    }
}
