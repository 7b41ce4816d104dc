package io.nsbox.state;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The control groups that launchers made and could not remove, because they and their guards were killed (cgroups(7)).
 *
 * <p>A group is a launcher's by its name, which ends with the launcher's pid. It is left when there is no such process, and
 * nobody is in it or below: the first process of a sandbox is in it from before its command runs until it ends. The kernel
 * removes no group that somebody is in (rmdir(2), EBUSY), whatever is thought here. Its age would say nothing: the kernel may
 * tell when it was first looked at.
 *
 * @param hierarchies where groups are mounted
 * @param user whose groups
 */
public record LeftGroups(List<Path> hierarchies, int user) {
    private static final Pattern NAME = Pattern.compile("nsbox-.+-(\\d{1,10})(\\.\\d+)?");

    public LeftGroups {
        hierarchies = List.copyOf(hierarchies);
    }

    /**
     * Removes them.
     *
     * @return which were removed
     */
    public List<Path> remove() throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Path hierarchy : hierarchies) {
            for (Path group : find(hierarchy)) {
                if (removeTree(group)) {
                    removed.add(group);
                }
            }
        }
        Collections.sort(removed);
        return removed;
    }

    private List<Path> find(Path hierarchy) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(hierarchy, new Folders() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                Matcher name = NAME.matcher(String.valueOf(folder.getFileName()));
                if (!name.matches()) {
                    return FileVisitResult.CONTINUE;
                }
                if (!Files.exists(Path.of("/proc", name.group(1))) && isOwn(folder)) {
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
