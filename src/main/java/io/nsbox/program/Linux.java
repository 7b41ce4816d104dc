package io.nsbox.program;

/** Constants of the kernel's interface, the same on x86-64 and aarch64; each group names its header. */
public final class Linux {
    private Linux() {}

    /* linux/sched.h */
    /** New mount namespace. */
    public static final long CLONE_NEWNS = 0x0002_0000;
    /** The child gets the caller's parent. */
    public static final long CLONE_PARENT = 0x0000_8000;
    /** The parent gets a pidfd. */
    public static final long CLONE_PIDFD = 0x0000_1000;
    /** The child is made in a group of version 2; only clone3(2) takes it. */
    public static final long CLONE_INTO_CGROUP = 0x2_0000_0000L;
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
    /** No such process. */
    public static final int ESRCH = 3;
    /** Interrupted system call. */
    public static final int EINTR = 4;
    /** Exec format error. */
    public static final int ENOEXEC = 8;
    /** Try again. */
    public static final int EAGAIN = 11;
    /** Permission denied. */
    public static final int EACCES = 13;
    /** No such device. */
    public static final int ENODEV = 19;
    /** Not a directory. */
    public static final int ENOTDIR = 20;
    /** Device or resource busy. */
    public static final int EBUSY = 16;
    /** File exists. */
    public static final int EEXIST = 17;

    /** Here: a path that leads where nothing may be mounted. */
    public static final int EXDEV = 18;
    /** Invalid argument. */
    public static final int EINVAL = 22;
    /** File too large. */
    public static final int EFBIG = 27;
    /** No space left on device. */
    public static final int ENOSPC = 28;
    /** Read-only file system. */
    public static final int EROFS = 30;
    /** Too many levels of symbolic links. */
    public static final int ELOOP = 40;
    /** Argument list too long. */
    public static final int E2BIG = 7;
    /** Inappropriate ioctl for device. */
    public static final int ENOTTY = 25;
    /** Numerical result out of range. */
    public static final int ERANGE = 34;
    /** File name too long. */
    public static final int ENAMETOOLONG = 36;
    /** Function not implemented. */
    public static final int ENOSYS = 38;
    /** Operation not supported. */
    public static final int EOPNOTSUPP = 95;
    /** Quota exceeded. */
    public static final int EDQUOT = 122;

    /* asm-generic/fcntl.h; the flags used here are the same on both architectures */
    /** Read only. */
    public static final int O_RDONLY = 0;
    /** Write only. */
    public static final int O_WRONLY = 1;
    /** Read and write. */
    public static final int O_RDWR = 2;
    /** Do not wait for a FIFO's other end. */
    public static final int O_NONBLOCK = 0x800;
    /** Only a place in the file system, for calls that take one. */
    public static final int O_PATH = 0x20_0000;
    /** Closed by execve(2). */
    public static final int O_CLOEXEC = 0x8_0000;
    /** Create it. */
    public static final int O_CREAT = 0x40;
    /** Empty the file. */
    public static final int O_TRUNC = 0x200;
    /** It must not be there. */
    public static final int O_EXCL = 0x80;
    /** The kind of a regular file (inode(7)). */
    public static final int S_IFREG = 0x8000;
    /** The kind of a folder (inode(7)). */
    public static final int S_IFDIR = 0x4000;
    /** The bits that tell the kind of a file (inode(7)). */
    public static final int S_IFMT = 0xf000;
    /** The kind of a character device (inode(7)). */
    public static final int S_IFCHR = 0x2000;
    /** The kind of a block device (inode(7)). */
    public static final int S_IFBLK = 0x6000;
    /** Paths are relative to the working directory. */
    public static final int AT_FDCWD = -100;

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

    /* linux/fcntl.h */
    /** A symbolic link at the end of the path is not followed. */
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    /** An empty path is the file itself. */
    public static final int AT_EMPTY_PATH = 0x1000;
    /** All mounts below. */
    public static final int AT_RECURSIVE = 0x8000;

    /* linux/openat2.h */
    /** Nothing on another mount. */
    public static final int RESOLVE_NO_XDEV = 0x01;
    /** No link of procfs that jumps elsewhere. */
    public static final int RESOLVE_NO_MAGICLINKS = 0x02;
    /** No symbolic link at all. */
    public static final int RESOLVE_NO_SYMLINKS = 0x04;
    /** Nothing that is not below the folder. */
    public static final int RESOLVE_BENEATH = 0x08;
    /** The folder is the root of everything. */
    public static final int RESOLVE_IN_ROOT = 0x10;

    /* linux/stat.h */
    /** The file's type. */
    public static final int STATX_TYPE = 0x0001;
    /** The file's mode. */
    public static final int STATX_MODE = 0x0002;
    /** The number of the file's names. */
    public static final int STATX_NLINK = 0x0004;
    /** The file's owner. */
    public static final int STATX_UID = 0x0008;
    /** The file's group. */
    public static final int STATX_GID = 0x0010;
    /** The time of the last change of the file's content. */
    public static final int STATX_MTIME = 0x0040;
    /** The file's inode number. */
    public static final int STATX_INO = 0x0100;
    /** The mount that the file lies on. */
    public static final int STATX_MNT_ID = 0x1000;

    /** The size of a struct statx. */
    public static final int STATX_SIZE = 256;
    /** Where a struct statx has its stx_nlink, of 4 bytes. */
    public static final int STX_NLINK = 16;
    /** Where a struct statx has its stx_uid, of 4 bytes. */
    public static final int STX_UID = 20;
    /** Where a struct statx has its stx_gid, of 4 bytes. */
    public static final int STX_GID = 24;
    /** Where a struct statx has its stx_mode, of 2 bytes. */
    public static final int STX_MODE = 28;
    /** Where a struct statx has its stx_ino, of 8 bytes. */
    public static final int STX_INO = 32;
    /** Where a struct statx has the seconds of its stx_mtime, of 8 bytes. */
    public static final int STX_MTIME = 112;
    /** Where a struct statx has its stx_dev_major and stx_dev_minor, of 4 bytes each. */
    public static final int STX_DEV = 136;
    /** Where a struct statx has its stx_mnt_id, of 8 bytes. */
    public static final int STX_MNT_ID = 144;
    /** Where a struct statx has its stx_rdev_major and stx_rdev_minor, of 4 bytes each. */
    public static final int STX_RDEV = 128;

    /* linux/magic.h */
    /** The type that statfs(2) gives of a procfs. */
    public static final int PROC_SUPER_MAGIC = 0x9fa0;

    /** Likewise, of a devpts. */
    public static final int DEVPTS_SUPER_MAGIC = 0x1cd1;

    /* linux/mount.h, of the calls with file descriptors */
    /** A copy of the mount. */
    public static final int OPEN_TREE_CLONE = 1;
    /** Files do not survive execve(2): the same as O_CLOEXEC. */
    public static final int OPEN_TREE_CLOEXEC = O_CLOEXEC;
    /** The source is the file itself. */
    public static final int MOVE_MOUNT_F_EMPTY_PATH = 0x04;
    /** The target is the file itself. */
    public static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    /** Closed by execve(2). */
    public static final int FSOPEN_CLOEXEC = 1;
    /** Closed by execve(2). */
    public static final int FSMOUNT_CLOEXEC = 1;
    /** An option without a value. */
    public static final int FSCONFIG_SET_FLAG = 0;
    /** An option with a text. */
    public static final int FSCONFIG_SET_STRING = 1;
    /** Make the file system. */
    public static final int FSCONFIG_CMD_CREATE = 6;
    /** Nothing can be written. */
    public static final long MOUNT_ATTR_RDONLY = 1;
    /** Set-user-id bits have no effect. */
    public static final long MOUNT_ATTR_NOSUID = 2;
    /** Device files do not work. */
    public static final long MOUNT_ATTR_NODEV = 4;
    /** Programs cannot be executed. */
    public static final long MOUNT_ATTR_NOEXEC = 8;
    /** Unmount, and let go of what is in use later. */
    public static final int MNT_DETACH = 2;

    /* linux/mount.h */
    /** Read-only. */
    public static final long MS_RDONLY = 1;
    /** Set-user-id bits have no effect. */
    public static final long MS_NOSUID = 2;
    /** Device files do not work. */
    public static final long MS_NODEV = 4;
    /** Programs cannot be executed. */
    public static final long MS_NOEXEC = 8;
    /** The whole tree. */
    public static final long MS_REC = 0x4000;
    /** Cannot be bound. */
    public static final long MS_UNBINDABLE = 1 << 17;
    /** Neither sends nor receives. */
    public static final long MS_PRIVATE = 1 << 18;
    /** Receives. */
    public static final long MS_SLAVE = 1 << 19;
    /** Sends and receives. */
    public static final long MS_SHARED = 1 << 20;

    /* linux/wait.h */
    /** waitid(2): any child. */
    public static final int P_ALL = 0;
    /** waitid(2): the child of a pidfd. */
    public static final int P_PIDFD = 3;
    /** Do not wait. */
    public static final int WNOHANG = 1;
    /** Children that have stopped. */
    public static final int WSTOPPED = 2;
    /** Children that have ended. */
    public static final int WEXITED = 4;

    /* asm-generic/siginfo.h; the offsets are those of siginfo_t on 64-bit machines, in bytes */
    /** The child exited by itself. */
    public static final int CLD_EXITED = 1;
    /** The child has stopped. */
    public static final int CLD_STOPPED = 5;
    /** Where the signal's number is. */
    public static final int SI_SIGNO = 0;
    /** Where the code is. */
    public static final int SI_CODE = 8;
    /** Where the child's pid is. */
    public static final int SI_PID = 16;
    /** Where the child's exit status or signal is. */
    public static final int SI_STATUS = 24;

    /* linux/socket.h */
    /** Leave it in the queue. */
    public static final int MSG_PEEK = 2;
    /** Do not wait. */
    public static final int MSG_DONTWAIT = 0x40;

    /* asm-generic/poll.h */
    /** There is something to read. */
    public static final int POLLIN = 1;

    /* asm-generic/ioctls.h */
    /** Makes a process group the one in front. */
    public static final int TIOCSPGRP = 0x5410;
}
