package io.nsbox.program;

/** Constants of the kernel's interface, the same on x86-64 and aarch64; each group names its header. */
public final class Linux {
    private Linux() {}

    /* linux/sched.h */
    /** New mount namespace. */
    public static final long CLONE_NEWNS = 0x0002_0000;
    /** The parent gets a pidfd. */
    public static final long CLONE_PIDFD = 0x0000_1000;
    /** New cgroup namespace. */
    public static final long CLONE_NEWCGROUP = 0x0200_0000;
    /** New UTS namespace. */
    public static final long CLONE_NEWUTS = 0x0400_0000;
    /** New IPC namespace. */
    public static final long CLONE_NEWIPC = 0x0800_0000;
    /** New user namespace. */
    public static final long CLONE_NEWUSER = 0x1000_0000;
    /** New pid namespace. */
    public static final long CLONE_NEWPID = 0x2000_0000;
    /** New network namespace. */
    public static final long CLONE_NEWNET = 0x4000_0000;
    /** New time namespace; only clone3(2) and unshare(2) take it. */
    public static final long CLONE_NEWTIME = 0x0000_0080;

    /* asm-generic/errno-base.h, asm-generic/errno.h */
    /** Operation not permitted. */
    public static final int EPERM = 1;
    /** No such file or directory. */
    public static final int ENOENT = 2;
    /** Interrupted system call. */
    public static final int EINTR = 4;
    /** Exec format error. */
    public static final int ENOEXEC = 8;
    /** File exists. */
    public static final int EEXIST = 17;
    /** No such device. */
    public static final int ENODEV = 19;
    /** Invalid argument. */
    public static final int EINVAL = 22;
    /** Too many symbolic links. */
    public static final int ELOOP = 40;
    /** Try again. */
    public static final int EAGAIN = 11;
    /** Permission denied. */
    public static final int EACCES = 13;
    /** Not a directory. */
    public static final int ENOTDIR = 20;
    /** Argument list too long. */
    public static final int E2BIG = 7;
    /** File name too long. */
    public static final int ENAMETOOLONG = 36;
    /** Function not implemented. */
    public static final int ENOSYS = 38;

    /* asm-generic/fcntl.h; the flags used here are the same on both architectures */
    /** Read only. */
    public static final int O_RDONLY = 0;
    /** Write only. */
    public static final int O_WRONLY = 1;
    /** Read and write. */
    public static final int O_RDWR = 2;
    /** Do not wait for a FIFO's other end. */
    public static final int O_NONBLOCK = 0x800;
    /** Closed by execve(2). */
    public static final int O_CLOEXEC = 0x8_0000;
    /** Paths are relative to the working directory. */
    public static final int AT_FDCWD = -100;

    /** Names a place in the file system and does not open what is there. */
    public static final int O_PATH = 0x20_0000;

    /* linux/fcntl.h, linux/openat2.h */
    /** Do not follow a symbolic link at the end of the path. */
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    /** The path is empty: the file descriptor itself is meant. */
    public static final int AT_EMPTY_PATH = 0x1000;
    /** The mount and all below. */
    public static final int AT_RECURSIVE = 0x8000;
    /** Refuse the links of procfs that lead to open files. */
    public static final int RESOLVE_NO_MAGICLINKS = 2;
    /** Refuse every symbolic link. */
    public static final int RESOLVE_NO_SYMLINKS = 4;
    /** Refuse what is not below the folder. */
    public static final int RESOLVE_BENEATH = 8;

    /* linux/stat.h */
    /** The bits of a mode that say what kind of file it is. */
    public static final int S_IFMT = 0xf000;
    /** A character device. */
    public static final int S_IFCHR = 0x2000;
    /** A folder. */
    public static final int S_IFDIR = 0x4000;
    /** A block device. */
    public static final int S_IFBLK = 0x6000;
    /** A plain file. */
    public static final int S_IFREG = 0x8000;
    /** statx(2) is to tell what kind of file it is. */
    public static final int STATX_TYPE = 1;
    /** Size of a struct statx. */
    public static final int STATX_SIZE = 256;
    /** Where a struct statx has its stx_mode, of 2 bytes. */
    public static final int STX_MODE = 28;
    /** Where a struct statx has its stx_rdev_major and stx_rdev_minor, of 4 bytes each. */
    public static final int STX_RDEV = 128;

    /* linux/magic.h */
    /** The type that statfs(2) gives of a procfs. */
    public static final int PROC_SUPER_MAGIC = 0x9fa0;

    /* asm-generic/signal.h */
    /** Hangup. */
    public static final int SIGHUP = 1;
    /** Kill. */
    public static final int SIGKILL = 9;
    /** Terminate. */
    public static final int SIGTERM = 15;
    /** A child changed its state. */
    public static final int SIGCHLD = 17;
    /** Stop. */
    public static final int SIGSTOP = 19;
    /** Continue. */
    public static final int SIGCONT = 18;
    /** Stop from the terminal. */
    public static final int SIGTSTP = 20;
    /** The number of signals. */
    public static final int SIGNAL_COUNT = 64;

    /* linux/mount.h */
    /** Set-user-id bits have no effect. */
    public static final long MS_NOSUID = 2;
    /** Device files do not work. */
    public static final long MS_NODEV = 4;
    /** Programs cannot be executed. */
    public static final long MS_NOEXEC = 8;
    /** The whole tree. */
    public static final long MS_REC = 0x4000;
    /** A copy of the mount, attached nowhere. */
    public static final int OPEN_TREE_CLONE = 1;
    /** The mount is given by its file descriptor. */
    public static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    /** The place is given by its file descriptor. */
    public static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    /** Read-only. */
    public static final int MOUNT_ATTR_RDONLY = 1;
    /** Set-user-id bits have no effect. */
    public static final int MOUNT_ATTR_NOSUID = 2;
    /** Device files do not work. */
    public static final int MOUNT_ATTR_NODEV = 4;
    /** Programs cannot be executed. */
    public static final int MOUNT_ATTR_NOEXEC = 8;
    /** fsconfig(2) sets a flag. */
    public static final int FSCONFIG_SET_FLAG = 0;
    /** fsconfig(2) sets a text. */
    public static final int FSCONFIG_SET_STRING = 1;
    /** fsconfig(2) makes the file system. */
    public static final int FSCONFIG_CMD_CREATE = 6;
    /** Cannot be bound. */
    public static final long MS_UNBINDABLE = 1 << 17;
    /** Neither sends nor receives. */
    public static final long MS_PRIVATE = 1 << 18;
    /** Receives. */
    public static final long MS_SLAVE = 1 << 19;
    /** Sends and receives. */
    public static final long MS_SHARED = 1 << 20;
}
