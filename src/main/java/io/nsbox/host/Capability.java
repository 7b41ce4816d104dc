package io.nsbox.host;

/** The capabilities that decide what a caller may ask for; the numbers are those of linux/capability.h. */
public enum Capability {
    /** Passes over file permissions. */
    CAP_DAC_OVERRIDE(1),
    /** Writes any gid map of an own user namespace. */
    CAP_SETGID(6),
    /** Writes any uid map of an own user namespace. */
    CAP_SETUID(7),
    /** Makes namespaces and mounts. */
    CAP_SYS_ADMIN(21),
    /** Lowers nice values (sched(7)). */
    CAP_SYS_NICE(23),
    /** Raises hard limits and lowers OOM scores (getrlimit(2), proc_pid_oom_score_adj(5)). */
    CAP_SYS_RESOURCE(24),
    /** Since Linux 5.12 needed to map the parent's user 0 (user_namespaces(7)). */
    CAP_SETFCAP(31);

    private final int number;

    Capability(int number) {
        this.number = number;
    }

    /** The capability's bit in a mask as {@code /proc/PID/status} shows it. */
    public long bit() {
        return 1L << number;
    }
}
