package io.nsbox.host;

/** A kind of namespace as the machine shows it; the words are those of the language, in alphabetical order. */
public enum NamespaceKind {
    CGROUP("cgroup", "cgroup", "CONFIG_CGROUPS"),
    IPC("ipc", "ipc", "CONFIG_IPC_NS"),
    MOUNT("mount", "mnt", "CONFIG_NAMESPACES"),
    NETWORK("network", "net", "CONFIG_NET_NS"),
    PID("pid", "pid", "CONFIG_PID_NS"),
    TIME("time", "time", "CONFIG_TIME_NS"),
    USER("user", "user", "CONFIG_USER_NS"),
    UTS("uts", "uts", "CONFIG_UTS_NS");

    private final String word;
    private final String file;
    private final String option;

    NamespaceKind(String word, String file, String option) {
        this.word = word;
        this.file = file;
        this.option = option;
    }

    /** The word that a spec uses. */
    public String word() {
        return word;
    }

    /** Its name below {@code /proc/PID/ns} (namespaces(7)). */
    public String file() {
        return file;
    }

    /** The sysctl that limits how many a user may have (namespaces(7)). */
    public String limit() {
        return "user.max_" + file + "_namespaces";
    }

    /** The option that a kernel must be built with. */
    public String kernelOption() {
        return option;
    }
}
