package io.nsbox.plan;

/**
 * What a launcher will find out about its caller, as far as it decides which calls it makes.
 *
 * @param uid effective user id
 * @param gid effective group id
 * @param mayMapIds whether it holds CAP_SETUID and CAP_SETGID
 * @param groups what /proc/self/cgroup says
 * @param mounts what /proc/self/mountinfo says
 */
public record Caller(long uid, long gid, boolean mayMapIds, String groups, String mounts) {
    private static final String GROUPS = "0::/caller.slice/shell.scope\n";
    private static final String MOUNTS =
            "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    /** A caller on a machine that has control groups of version 2 alone. */
    public Caller(long uid, long gid, boolean mayMapIds) {
        this(uid, gid, mayMapIds, GROUPS, MOUNTS);
    }
}
