package io.nsbox.program;

import java.util.Locale;

/**
 * The system calls that launchers make, with their numbers.
 *
 * <p>x86-64 numbers stand in {@code asm/unistd_64.h}, those of aarch64 in {@code asm-generic/unistd.h}; only calls that
 * exist on both are listed.
 */
public enum Syscall {
    CAPGET(125, 90),
    CHDIR(80, 49),
    CLONE(56, 220),
    CLONE3(435, 435),
    CLOSE(3, 57),
    CLOSE_RANGE(436, 436),
    EXECVE(59, 221),
    EXIT_GROUP(231, 94),
    FACCESSAT(269, 48),
    FCHDIR(81, 50),
    FCHMOD(91, 52),
    FCHMODAT(268, 53),
    FCHOWNAT(260, 54),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    FSOPEN(430, 430),
    FSTATFS(138, 44),
    GETCWD(79, 17),
    GETEGID(108, 177),
    GETEUID(107, 175),
    GETPGID(121, 155),
    GETPID(39, 172),
    IOCTL(16, 29),
    KILL(62, 129),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    MOUNT(165, 40),
    MOUNT_SETATTR(442, 442),
    MOVE_MOUNT(429, 429),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    OPEN_TREE(428, 428),
    PIDFD_SEND_SIGNAL(424, 424),
    PIVOT_ROOT(155, 41),
    PPOLL(271, 73),
    PRCTL(157, 167),
    READ(0, 63),
    READLINKAT(267, 78),
    RECVFROM(45, 207),
    RT_SIGACTION(13, 134),
    RT_SIGPROCMASK(14, 135),
    SETDOMAINNAME(171, 162),
    SETHOSTNAME(170, 161),
    SIGNALFD4(289, 74),
    SOCKET(41, 198),
    SOCKETPAIR(53, 199),
    STATX(332, 291),
    SYMLINKAT(266, 36),
    TIMERFD_CREATE(283, 85),
    TIMERFD_SETTIME(286, 86),
    UMASK(95, 166),
    UMOUNT2(166, 39),
    UNLINKAT(263, 35),
    UNSHARE(272, 97),
    WAIT4(61, 260),
    WAITID(247, 95),
    WRITE(1, 64),
    WRITEV(20, 66);

    private final int x8664;
    private final int aarch64;

    Syscall(int x8664, int aarch64) {
        this.x8664 = x8664;
        this.aarch64 = aarch64;
    }

    /** The name that man pages and strace use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number on this architecture. */
    public int number(Arch arch) {
        return switch (arch) {
            case X86_64 -> x8664;
            case AARCH64 -> aarch64;
        };
    }
}
