package io.nsbox.host;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the caller's mounts allow.
 *
 * @param mounts all of them, in the kernel's order
 */
public record MountFacts(List<MountEntry> mounts) {

    /**
     * Folders of procfs that are empty for ever, so that a mount over them hides nothing: the kernel does not count it
     * (fs/namespace.c, mnt_already_visible).
     */
    private static final Set<String> EMPTY_FOR_EVER = Set.of("/sys/fs/binfmt_misc", "/fs/nfsd");

    public MountFacts {
        mounts = List.copyOf(mounts);
    }

    /** The mounts that the caller sees. */
    static MountFacts read(HostTree tree) {
        return new MountFacts(tree.read(MountEntry.SOURCE)
                .map(file -> MountEntry.parse(file.lines()))
                .orElse(List.of()));
    }

    /** Whether the mount at {@code /} is shared, as systemd leaves it. */
    public boolean rootShared() {
        return at("/").map(MountEntry::shared).orElse(false);
    }

    /** Whether the caller's root is not a mount of its own, as chroot(2) leaves it. */
    public boolean chrooted() {
        return !mounts.isEmpty() && at("/").isEmpty();
    }

    /**
     * What hides or freezes parts of every procfs that the caller sees, so that the kernel refuses a new procfs in a user
     * namespace (mount_namespaces(7)): the paths below {@code /proc} that are mounted over, {@code /proc} itself where it
     * is read-only, not relatime, or only a part. Empty where one procfs is fully visible.
     */
    public List<String> procHidden() {
        List<String> best = List.of("/proc");
        boolean first = true;
        for (MountEntry mount : mounts) {
            if (!mount.type().equals("proc")) {
                continue;
            }
            List<String> hidden = hidden(mount);
            if (hidden.isEmpty()) {
                return hidden;
            }
            if (first || mount.target().equals("/proc")) {
                best = hidden;
                first = false;
            }
        }
        return best;
    }

    private List<String> hidden(MountEntry proc) {
        // The new procfs is mounted writable and relatime, and may not be laxer than the one that is visible.
        boolean lax = !proc.options().contains("ro") && proc.options().contains("relatime");
        if (!proc.root().equals("/") || !lax) {
            return List.of(proc.target());
        }
        return mounts.stream()
                .filter(mount -> mount.isBelow(proc))
                .map(MountEntry::target)
                .filter(target ->
                        !EMPTY_FOR_EVER.contains(target.substring(proc.target().length())))
                .distinct()
                .toList();
    }

    /** Whether setuid bits have no effect at this path because its mount is nosuid (mount(8)). */
    public boolean nosuid(String path) {
        Optional<MountEntry> best = Optional.empty();
        for (MountEntry mount : mounts) {
            boolean closer = best.isEmpty()
                    || mount.target().length() >= best.get().target().length();
            if (mount.holds(path) && closer) {
                best = Optional.of(mount);
            }
        }
        return best.map(mount -> mount.options().contains("nosuid")).orElse(false);
    }

    /** Whether the visible procfs is read-only, so that not even an id map can be written. */
    public boolean procReadOnly() {
        return at("/proc").map(mount -> mount.options().contains("ro")).orElse(false);
    }

    /** The mount that is visible at exactly this path. */
    Optional<MountEntry> at(String target) {
        return mounts.stream().filter(mount -> mount.target().equals(target)).reduce((hidden, visible) -> visible);
    }
}
