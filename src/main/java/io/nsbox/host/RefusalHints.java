package io.nsbox.host;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a launcher may be refused at run time, with what to tell a person for each errno (errno(3)).
 *
 * <p>The texts are constants that a launcher carries, so they name no machine, user or spec: ASCII, one line, less than
 * {@value #LONGEST} bytes.
 */
public enum RefusalHints {
    /** clone3(2) with CLONE_NEWUSER among the flags. */
    CLONE_WITH_USER(Map.ofEntries(
            entry(
                    "EPERM",
                    "user namespaces are forbidden here, by a sysctl, AppArmor, a seccomp filter, a missing id map or a"
                            + " chroot; run `nsbox doctor`"),
            entry("EACCES", "a security module (AppArmor or SELinux) forbids user namespaces; run `nsbox doctor`"),
            entry("ENOSPC", Texts.NAMESPACE_LIMIT),
            entry("EUSERS", Texts.NAMESPACE_LIMIT),
            entry("EINVAL", Texts.NO_SUCH_NAMESPACE),
            entry("ENOMEM", Texts.NO_INIT),
            entry("EAGAIN", Texts.PROCESS_LIMIT))),
    /** clone3(2) with CLONE_NEWTIME among the flags, for which there is no older call. */
    CLONE_WITH_TIME(Map.of(
            "ENOSYS",
            "a seccomp filter hides clone3, as in a container: leave `time` out of `namespaces`, or run nsbox without the"
                    + " filter")),
    /** clone3(2) with namespace flags, but without CLONE_NEWUSER. */
    CLONE_WITHOUT_USER(Map.ofEntries(
            entry("EPERM", "the caller may not make these namespaces: list `user` too, or run as root"),
            entry("ENOSPC", Texts.NAMESPACE_LIMIT),
            entry("EINVAL", Texts.NO_SUCH_NAMESPACE),
            entry("ENOMEM", Texts.NO_INIT),
            entry("EAGAIN", Texts.PROCESS_LIMIT))),
    /** clone3(2) or fork without namespace flags. */
    FORK(Map.of("EAGAIN", Texts.PROCESS_LIMIT)),
    /** unshare(2) of a namespace that is not made by the clone: cgroup, time. */
    UNSHARE(Map.ofEntries(
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("ENOSPC", Texts.NAMESPACE_LIMIT),
            entry("EINVAL", Texts.NO_SUCH_NAMESPACE))),
    /** Writing {@code deny} to {@code /proc/PID/setgroups}. */
    WRITE_SETGROUPS(Map.ofEntries(
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EACCES", Texts.NO_CAPABILITY),
            entry("ENOENT", Texts.NO_PROC),
            entry("EROFS", Texts.READ_ONLY_PROC))),
    /** Writing {@code /proc/PID/uid_map}. */
    WRITE_UID_MAP(Texts.MAP),
    /** Writing {@code /proc/PID/gid_map}. */
    WRITE_GID_MAP(Texts.MAP),
    /** Running newuidmap(1): an errno of execve(2), or none where the program itself failed. */
    NEWUIDMAP(Texts.helper("newuidmap", "/etc/subuid")),
    /** Running newgidmap(1): an errno of execve(2), or none where the program itself failed. */
    NEWGIDMAP(Texts.helper("newgidmap", "/etc/subgid")),
    /** Mounting a new procfs in a user namespace. */
    MOUNT_PROC_WITH_USER(Map.ofEntries(
            entry("EPERM", "inside a container whose own /proc is masked the kernel refuses this; run `nsbox doctor`"),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("ENOENT", Texts.NO_PROC_FOLDER),
            entry("ENOSPC", Texts.MOUNT_LIMIT))),
    /** Mounting a new procfs without a user namespace of the sandbox's own. */
    MOUNT_PROC_WITHOUT_USER(Map.ofEntries(
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("ENOENT", Texts.NO_PROC_FOLDER),
            entry("ENOSPC", Texts.MOUNT_LIMIT))),
    /** Changing the propagation of {@code /}. */
    PROPAGATION(Map.ofEntries(
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("EINVAL", "the caller's root is not a mount point, as in a chroot; run nsbox outside of it"))),
    /** Making a devpts. */
    NEW_DEVPTS(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("EINVAL", "id 0 must be mapped inside: write `uid_map: root`"),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("ENODEV", "this kernel was built without this file system"))),
    /** Making names in the sandbox's own {@code /dev}. */
    FILL_DEV(Map.of(
            "EOVERFLOW",
            "the caller's own id is not mapped inside, so it can own nothing there: map it in `uid_map` and `gid_map`,"
                    + " or say `user`, or `dev: host`")),
    /** Opening or copying a device of the host. */
    HOST_DEVICE(Map.ofEntries(
            entry("ENOENT", "the host has no such device, or the caller's /dev does not show it"),
            entry("EACCES", "the caller may not enter the folder of this device"),
            entry("EINVAL", Texts.NO_SUCH_MOUNT),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("ENOSPC", Texts.MOUNT_LIMIT))),
    /** Masking a path or making it read-only. */
    GUARDED_PATH(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("EACCES", "the user inside may not enter a folder of this path"),
            entry("ELOOP", "a symbolic link is on the way, and none is followed in /proc: list the path itself"),
            entry("EXDEV", "this path leads out of the /proc that was mounted: list the path itself"),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EINVAL", Texts.NO_SUCH_MOUNT),
            entry("ENOSPC", Texts.MOUNT_LIMIT))),
    /** Finding the procfs that was mounted. */
    OWN_PROC(Map.ofEntries(
            entry("ENOENT", Texts.OTHER_PROC), entry("ENOTDIR", Texts.OTHER_PROC), entry("ELOOP", Texts.OTHER_PROC))),
    /** unshare(2) of a second user namespace. */
    SECOND_USER_NAMESPACE(Map.ofEntries(
            entry(
                    "EPERM",
                    "`keep-id` with `dev: minimal` takes a second user namespace, which is forbidden here; write"
                            + " `uid_map: root` or `dev: host`"),
            entry("ENOSPC", Texts.NAMESPACE_LIMIT),
            entry("EUSERS", Texts.NAMESPACE_LIMIT))),
    /** Opening the folder of {@code rootfs}. */
    OPEN_ROOT(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("ENOENT", "there is no such folder on the caller's side: make it, or correct `rootfs`"),
            entry("ENOTDIR", "a part of this path is a file, not a folder"),
            entry("ELOOP", "too many symbolic links in this path"),
            entry("EACCES", "the caller may not enter a folder on this path, or a security module forbids it"),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EINVAL", "it lies on a mount that cannot be bound: unbindable, or of another mount namespace"))),
    /** Mounting it over the caller's. */
    MOUNT_ROOT(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("EINVAL", "`rootfs` must be a folder"),
            entry("ENOTDIR", "`rootfs` must be a folder"),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("ENOSPC", Texts.MOUNT_LIMIT))),
    /** Opening what a bind shows. */
    OPEN_SOURCE(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("ENOENT", "there is no such file or folder on the caller's side; a bind may be `optional: true`"),
            entry("EMFILE", "each source stays open until it is mounted: raise the caller's limit (ulimit -n)"),
            entry("ENOTDIR", "a part of this path is a file, not a folder"),
            entry("ELOOP", "too many symbolic links in this path"),
            entry("EACCES", "the caller may not enter a folder on this path, or a security module forbids it"),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EINVAL", "it lies on a mount that cannot be bound: unbindable, or of another mount namespace"))),
    /** Finding or making a place to mount on. */
    MOUNT_TARGET(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry(
                    "EROFS",
                    "it is missing, and is made only where the spec put something writable: a rootfs, an overlay, a"
                            + " tmpfs, a writable bind"),
            entry("EINVAL", "a symbolic link leads this path to the root itself"),
            entry("EXDEV", "a symbolic link leads this path into a procfs, where nothing may be mounted"),
            entry("ENOTDIR", "a part of this path is a file, not a folder"),
            entry("ELOOP", "the symbolic links in this path go in a circle"),
            entry("EAGAIN", "somebody keeps renaming folders of this path; try again"),
            entry("EACCES", "it is missing, and the caller may not write the folder; or may not enter one on the way"),
            entry("EOVERFLOW", Texts.NOT_MAPPED),
            entry("ENOSPC", "it is missing, and there is no room to make it"))),
    /** Likewise, where no symbolic link may lead. */
    MOUNT_PLAIN_TARGET(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("ELOOP", "in this rootfs it is a symbolic link: it must be a folder"),
            entry(
                    "EROFS",
                    "it is missing, and is made only where the spec put something writable: a rootfs, an overlay, a"
                            + " tmpfs, a writable bind"),
            entry("EACCES", "it is missing, and the caller may not write the folder; or may not enter one on the way"),
            entry("EOVERFLOW", Texts.NOT_MAPPED))),
    /** Making a file system that needs nothing of the caller's. */
    NEW_FILE_SYSTEM(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("EPERM", "the kernel does not let the caller mount this here; run `nsbox doctor`"),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("ENODEV", "this kernel was built without this file system"),
            entry("EOVERFLOW", Texts.NOT_MAPPED))),
    /** Making an overlay in a user namespace. */
    OVERLAY_WITH_USER(Map.ofEntries(
            entry(
                    "EINVAL",
                    "without privilege no layer may have mounts below it, as / has: overlay the folders that matter,"
                            + " as /usr; or upper and work differ in file system"),
            entry("EPERM", "this kernel lets only root make overlays, or a layer cannot be marked: list no `user`"),
            entry("EBUSY", Texts.LAYER_IN_USE),
            entry("EACCES", "the caller may not enter a layer, or not write upper or work"),
            entry("ENOENT", Texts.NO_LAYER),
            entry("ENOTDIR", Texts.NO_LAYER),
            entry("EROFS", "upper and work must be writable"),
            entry("ENODEV", Texts.NO_OVERLAYS))),
    /** Making an overlay without a user namespace of the sandbox's own. */
    OVERLAY_WITHOUT_USER(Map.ofEntries(
            entry(
                    "EINVAL",
                    "upper and work must be folders beside each other, on a file system that can hold an upper layer"),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EBUSY", Texts.LAYER_IN_USE),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("ENOENT", Texts.NO_LAYER),
            entry("ENOTDIR", Texts.NO_LAYER),
            entry("EROFS", "upper and work must be writable"),
            entry("ENODEV", Texts.NO_OVERLAYS))),
    /** Making a symbolic link. */
    MAKE_SYMLINK(Map.ofEntries(
            entry("EEXIST", "something else is there: remove it, or choose another target"),
            entry(
                    "EROFS",
                    "it is missing, and is made only where the spec put something writable: a rootfs, an overlay, a"
                            + " tmpfs, a writable bind"),
            entry("EACCES", "it is missing, and the caller may not write the folder"),
            entry("EOVERFLOW", Texts.NOT_MAPPED))),
    /** Mounting by file descriptor, and changing what a mount allows. */
    MOUNT(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("EINVAL", Texts.UNLIKE),
            entry("ENOTDIR", Texts.UNLIKE),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EACCES", Texts.NO_MOUNTS),
            entry("ENOSPC", Texts.MOUNT_LIMIT))),
    /** Making {@code /} and all below it read-only. */
    FREEZE_ROOT(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EBUSY", "somebody has a file of it open for writing"),
            entry("EINVAL", "the caller's root is not a mount point, as in a chroot; run nsbox outside of it"))),
    /** pivot_root(2). */
    PIVOT_ROOT(
            Map.ofEntries(
                    entry("EPERM", Texts.NO_CAPABILITY),
                    entry(
                            "EINVAL",
                            "the caller's root is not a mount point, as in a chroot or an initramfs; run nsbox outside of it"))),
    /** sethostname(2). */
    SETHOSTNAME(Map.of("EPERM", Texts.NO_CAPABILITY, "EACCES", Texts.NO_CAPABILITY)),
    /** setdomainname(2). */
    SETDOMAINNAME(Map.of("EPERM", Texts.NO_CAPABILITY, "EACCES", Texts.NO_CAPABILITY)),
    /** Bringing {@code lo} up: socket(2), and ioctl(2) SIOCSIFFLAGS. */
    LOOPBACK_UP(Map.ofEntries(
            entry("EPERM", Texts.NO_CAPABILITY),
            entry("EACCES", Texts.NO_CAPABILITY),
            entry("EAFNOSUPPORT", "this kernel has no IPv4 (CONFIG_INET), or a filter hides it: use `network: down`"),
            entry("ENODEV", "the new network namespace has no `lo`: use `network: down`"))),
    /** chdir(2) to {@code working_dir}, or back to the caller's folder. */
    CHDIR(Map.ofEntries(
            entry("ENOENT", "this folder is not there inside the sandbox: set `working_dir` to one that is"),
            entry("ENOTDIR", "this is not a folder: set `working_dir` to one"),
            entry("ELOOP", "too many symbolic links: set `working_dir` to the folder itself"),
            entry(
                    "EACCES",
                    "the user inside may not enter this folder: set `working_dir` to another, or add a `uid_map`"))),
    /** execve(2) of the command. */
    EXEC(Map.ofEntries(
            entry(
                    "ENOENT",
                    "no such file inside the sandbox; for a script also check the program on its `#!` line, for a"
                            + " binary its loader"),
            entry("ENOTDIR", "a part of this path is a file, not a folder"),
            entry("ELOOP", "too many symbolic links in this path"),
            entry(
                    "EACCES",
                    "a folder, not executable for the user inside, in a folder the user inside may not enter, or on a"
                            + " noexec mount"),
            entry("EPERM", "a security module or the file system does not let this file be executed"),
            entry("ENOEXEC", "neither a program for this machine nor a script that begins with `#!`"),
            entry("ELIBBAD", "the loader that this program names cannot be used on this machine"),
            entry("ETXTBSY", "somebody has this file open for writing"),
            entry("E2BIG", "the command's words and environment are too long together"),
            entry("EAGAIN", Texts.PROCESS_LIMIT))),
    /** setresuid(2), setresgid(2), setgroups(2). */
    SET_IDS(Map.ofEntries(
            entry("EINVAL", "this id is not mapped inside: list it in `uid_map` and `gid_map`"),
            entry("EPERM", "the caller may not change to this id: list `user` with a `uid_map`, or run as root"),
            entry("EAGAIN", Texts.PROCESS_LIMIT))),
    /** seccomp(2) with SECCOMP_SET_MODE_FILTER. */
    SECCOMP(Map.ofEntries(
            entry("ENOSYS", "this kernel has no seccomp filters (CONFIG_SECCOMP_FILTER), or another filter hides them"),
            entry(
                    "EACCES",
                    "without `no_new_privileges` this takes CAP_SYS_ADMIN inside: remove `no_new_privileges: false`"),
            entry("EINVAL", "this kernel has no seccomp filters (CONFIG_SECCOMP_FILTER), or not this flag"),
            entry("ENOMEM", "the filters of this process and its ancestors are too long together"))),
    /** What an errno means whichever call it comes from; every other table falls back to this one. */
    GENERAL(Map.ofEntries(
            entry("ENOSYS", Texts.TOO_OLD),
            entry("ENOMEM", "the kernel is short of memory, or the memory limit of the caller's cgroup is reached"),
            entry("EMFILE", "the caller's limit of open files is reached (ulimit -n)"),
            entry("ENFILE", "the machine's limit of open files is reached (fs.file-max)")));

    /** A hint is shorter than this, in bytes. */
    public static final int LONGEST = 160;

    /** In a table: whatever the errno. */
    private static final String ANY = "*";

    private final Map<String, String> hints;

    RefusalHints(Map<String, String> hints) {
        this.hints = hints;
    }

    /**
     * What to tell a person about this refusal.
     *
     * @param errno its name, such as {@code EPERM}; an empty string for a failure that has none
     */
    public Optional<String> hint(String errno) {
        return Optional.ofNullable(hints.get(errno))
                .or(() -> Optional.ofNullable(GENERAL.hints.get(errno)))
                .or(() -> Optional.ofNullable(hints.get(ANY)));
    }

    /** The names of the errnos with a hint of their own here, in alphabetical order, without those of {@link #GENERAL}. */
    public Set<String> errnos() {
        Set<String> names = new TreeSet<>(hints.keySet());
        names.remove(ANY);
        return names;
    }

    /** The hint for every other errno, if this refusal has one. */
    public Optional<String> otherwise() {
        return Optional.ofNullable(hints.get(ANY));
    }

    /** Hints that several refusals share; a class of its own because constants of an enum may not use its fields. */
    private static final class Texts {
        static final String TOO_OLD =
                "this takes Linux 5.12 or later, and no seccomp filter that hides it; run `nsbox doctor`";
        static final String NAMESPACE_LIMIT =
                "a limit user.max_*_namespaces is reached, or user namespaces are nested too deep; run `nsbox doctor`";
        static final String NO_SUCH_NAMESPACE =
                "this kernel was built without one of the listed namespaces; run `nsbox doctor`";
        static final String PROCESS_LIMIT =
                "the caller's limit of processes (ulimit -u) or the pids limit of its cgroup is reached";
        static final String NO_INIT = "the kernel is short of memory, or the caller's pid namespace has lost its init";
        static final String NO_CAPABILITY =
                "something takes the capabilities of the new namespace away, as Ubuntu's AppArmor does; run"
                        + " `nsbox doctor`";
        static final String NO_MOUNTS =
                "a security module (AppArmor or SELinux) forbids mounts here; run `nsbox doctor`";
        static final String NO_PROC = "/proc is not mounted where nsbox runs: mount -t proc proc /proc";
        static final String READ_ONLY_PROC = "/proc is read-only where nsbox runs: mount -o remount,rw /proc";
        static final String NO_PROC_FOLDER = "there is no folder /proc to mount it on";
        static final String UNLIKE =
                "a folder is mounted on a folder, a file on a file: one of the two is not what the other is";
        static final String NOT_MAPPED =
                "the caller's id is not mapped inside, so it can own nothing there: map it in `uid_map`, or say `user`";
        static final String NO_LAYER = "one of these folders is not there: lower, upper and work must be folders";
        static final String LAYER_IN_USE = "another mount uses upper or work: each overlay wants its own";
        static final String NO_OVERLAYS = "this kernel was built without overlayfs";
        static final String MOUNT_LIMIT = "the limit of mounts in a mount namespace is reached (fs.mount-max)";

        static final String NO_SUCH_MOUNT =
                "the kernel does not copy this mount: is it unbindable, or does it belong to another namespace?";
        static final String OTHER_PROC = "something else than the procfs that was mounted is at /proc now";

        static final String MAP_FORBIDDEN = "AppArmor (kernel.apparmor_restrict_unprivileged_userns) or missing"
                + " capabilities forbid this map; run `nsbox doctor`";

        private Texts() {}

        /** The same for both maps, so that a launcher carries the texts once. */
        static final Map<String, String> MAP = Map.of(
                "EPERM", MAP_FORBIDDEN,
                "EACCES", MAP_FORBIDDEN,
                "EINVAL", "the lines overlap, or name an id that the caller's own user namespace does not have",
                "ENOENT", NO_PROC,
                "EROFS", READ_ONLY_PROC);

        static Map<String, String> helper(String program, String file) {
            return Map.of(
                    "ENOENT",
                    program + " is not installed: it is in `uidmap` (Debian, Ubuntu) or `shadow-utils` (Fedora)",
                    "EACCES",
                    "the caller may not execute " + program,
                    ANY,
                    program + " refused the map: check the caller's range in " + file + "; run `nsbox doctor`");
        }
    }
}
