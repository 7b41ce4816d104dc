package io.nsbox.host;

/** Machines as their files show them, each of a kind that people have. */
public final class FakeMachines {
    /** All capabilities of Linux 5.9 and later. */
    public static final String ALL_CAPABILITIES = "000001ffffffffff";

    private FakeMachines() {}

    /** A login of alice on Ubuntu 24.04, which restricts unprivileged user namespaces by AppArmor. */
    public static FakeTree ubuntu() {
        return base("6.8.0-31-generic")
                .with("/proc/self/status", status(1000, "0000000000000000", 0, 0))
                .with("/etc/passwd", "root:x:0:0:root:/root:/bin/bash", "alice:x:1000:1000:Alice:/home/alice:/bin/bash")
                .with("/etc/subuid", "alice:100000:65536")
                .with("/etc/subgid", "alice:100000:65536")
                .with("/etc/os-release", "NAME=\"Ubuntu\"", "ID=ubuntu", "ID_LIKE=debian")
                .owned("/usr/bin/newuidmap", 04755, 0)
                .owned("/usr/bin/newgidmap", 04755, 0)
                .with("/sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor")
                .with("/proc/self/attr/apparmor/current", "unconfined")
                .with("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")
                .with("/proc/sys/kernel/unprivileged_userns_clone", "1")
                .with("/proc/self/cgroup", "0::/user.slice/user-1000.slice/session-2.scope")
                .with("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids")
                .with(
                        "/proc/self/mountinfo",
                        "24 30 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw",
                        "25 30 0:23 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw",
                        "30 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
                        "34 24 0:29 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw",
                        "37 25 0:32 / /proc/sys/fs/binfmt_misc rw,relatime shared:14 - autofs systemd-1 rw,fd=29");
    }

    /** Root in a container that Docker started without further options. */
    public static FakeTree container() {
        return base("6.1.0-21-amd64")
                .with("/proc/self/status", status(0, "00000000a80425fb", 0, 2))
                .with("/etc/passwd", "root:x:0:0:root:/root:/bin/sh")
                .with("/etc/os-release", "ID=alpine")
                .with("/proc/self/attr/apparmor/current", "docker-default (enforce)")
                .with("/proc/self/cgroup", "0::/")
                .with("/sys/fs/cgroup/cgroup.controllers", "cpu memory pids")
                .with(
                        "/proc/self/mountinfo",
                        "600 500 0:50 / / rw,relatime - overlay overlay rw",
                        "601 600 0:53 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw",
                        "605 604 0:29 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw",
                        "610 601 0:53 /bus /proc/bus ro,nosuid,nodev,noexec,relatime - proc proc rw",
                        "611 601 0:53 /fs /proc/fs ro,nosuid,nodev,noexec,relatime - proc proc rw",
                        "612 601 0:53 /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc proc rw",
                        "613 601 0:57 / /proc/acpi ro,relatime - tmpfs tmpfs ro",
                        "614 601 0:54 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw");
    }

    /** Root on a Debian 12 that was just installed: the first user has ranges, root has none. */
    public static FakeTree debianRoot() {
        return ubuntu().with("/proc/sys/kernel/osrelease", "6.1.0-21-amd64")
                .with("/proc/self/status", status(0, ALL_CAPABILITIES, 0, 0))
                .with("/etc/os-release", "ID=debian")
                .with("/sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor,tomoyo,bpf")
                .without("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                .without("/usr/bin/newuidmap")
                .without("/usr/bin/newgidmap");
    }

    /** Alice on a Debian 13 with everything that unprivileged callers need. */
    public static FakeTree debian() {
        return ubuntu().with("/proc/sys/kernel/osrelease", "6.12.43-amd64")
                .with("/etc/os-release", "ID=debian")
                .without("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    }

    /** The same login in a control group that is delegated to alice. */
    public static FakeTree delegated() {
        String group = "/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope";
        return debian().owned(group, 0755, 1000)
                .owned(group + "/cgroup.procs", 0644, 1000)
                .owned(group + "/cgroup.subtree_control", 0644, 1000);
    }

    /** The text of {@code /proc/self/status} for a caller whose uid and gid are the same. */
    public static String[] status(long id, String capabilities, int noNewPrivileges, int seccomp) {
        String ids = "\t" + id + "\t" + id + "\t" + id + "\t" + id;
        return new String[] {
            "Name:\tjava",
            "Umask:\t0022",
            "Uid:" + ids,
            "Gid:" + ids,
            "Groups:\t27 " + id + " ",
            "CapInh:\t0000000000000000",
            "CapPrm:\t" + capabilities,
            "CapEff:\t" + capabilities,
            "NoNewPrivs:\t" + noNewPrivileges,
            "Seccomp:\t" + seccomp,
            "Seccomp_filters:\t0"
        };
    }

    private static FakeTree base(String release) {
        FakeTree tree = new FakeTree()
                .with("/proc/sys/kernel/osrelease", release)
                .with("/proc/self/uid_map", "         0          0 4294967295")
                .with("/proc/self/gid_map", "         0          0 4294967295");
        for (NamespaceKind kind : NamespaceKind.values()) {
            tree.owned("/proc/self/ns/" + kind.file(), 0777, 0);
            tree.with("/proc/sys/user/max_" + kind.file() + "_namespaces", "31175");
        }
        return tree;
    }
}
