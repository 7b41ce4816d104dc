package io.nsbox.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mount that the caller sees: a line of {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)).
 *
 * @param root which folder of the file system is mounted
 * @param target where it is mounted, below the caller's root
 * @param options the mount's own options, such as {@code ro} and {@code nosuid}
 * @param tags propagation, such as {@code shared:1}; empty for a private mount
 * @param type file system type
 * @param superOptions options of the file system; for cgroup v1 they name its controllers
 */
public record MountEntry(
        String root, String target, List<String> options, List<String> tags, String type, List<String> superOptions) {

    /** Where mounts come from. */
    public static final String SOURCE = "/proc/self/mountinfo";

    private static final int FIRST_TAG = 6;

    public MountEntry {
        options = List.copyOf(options);
        tags = List.copyOf(tags);
        superOptions = List.copyOf(superOptions);
    }

    /** Whether mounts made here travel to other namespaces (mount_namespaces(7)). */
    public boolean shared() {
        return tags.stream().anyMatch(tag -> tag.startsWith("shared:"));
    }

    /** Whether this mount lies at the path or above it. */
    boolean holds(String path) {
        return target.equals("/") || path.equals(target) || path.startsWith(target + "/");
    }

    /** Whether this mount lies below that one's target. */
    boolean isBelow(MountEntry other) {
        return !target.equals(other.target) && other.holds(target);
    }

    /** All mounts, in the kernel's order: a later one at the same target hides an earlier. */
    public static List<MountEntry> parse(List<String> lines) {
        List<MountEntry> mounts = new ArrayList<>();
        for (String line : lines) {
            parse(line).ifPresent(mounts::add);
        }
        return List.copyOf(mounts);
    }

    private static Optional<MountEntry> parse(String line) {
        List<String> fields = List.of(line.split(" ", -1));
        int dash = fields.indexOf("-");
        if (dash < FIRST_TAG || fields.size() < dash + 4) {
            return Optional.empty();
        }
        return Optional.of(new MountEntry(
                unescape(fields.get(3)),
                unescape(fields.get(4)),
                List.of(fields.get(5).split(",")),
                fields.subList(FIRST_TAG, dash),
                fields.get(dash + 1),
                List.of(fields.get(dash + 3).split(","))));
    }

    /** Undoes the kernel's octal escapes of space, tab, line break and backslash. */
    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
