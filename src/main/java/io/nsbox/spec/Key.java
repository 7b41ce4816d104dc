package io.nsbox.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every top-level key of the language: what it is for, which namespace it needs, and whether this version does it.
 *
 * <p>This table drives the reader, its suggestions and the JSON Schema.
 */
public enum Key {
    VERSION(Status.SUPPORTED, "Version of the spec language; this is version 1."),
    NAME(
            Status.SUPPORTED,
            "What the sandbox is called: a letter or digit, then up to 62 letters, digits, '_', '.' or '-'. "
                    + "Default: the file's name without its ending."),
    DESCRIPTION(Status.SUPPORTED, "What the sandbox is for, in free text.", "desc"),
    NAMESPACES(
            Status.SUPPORTED,
            "The namespaces that are made new for the sandbox, or 'all'. Only those listed are made. "
                    + "An entry {network: /run/netns/blue} joins that one instead.",
            "ns"),
    HOSTNAME(
            Status.SUPPORTED,
            Namespace.UTS,
            "The host name inside, 1 to 64 bytes: labels of letters, digits and '-', joined by dots (RFC 1123)."),
    DOMAINNAME(Status.SUPPORTED, Namespace.UTS, "The NIS domain name inside, 1 to 64 bytes.", "domain"),
    MOUNT_PROC(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "Whether a new procfs is mounted on /proc, which shows the processes of the sandbox's pid namespace.",
            "proc"),
    UID_MAP(
            Status.SUPPORTED,
            Namespace.USER,
            "How user ids inside relate to ids outside. 'root': the caller is 0 inside. 'keep-id': the caller keeps its id. "
                    + "'auto': the caller is 0 and its whole range of /etc/subuid follows from 1. Or a list of ranges. "
                    + "A keyword here goes for gid_map too, unless that is given.",
            "uid_mappings",
            "uidMappings"),
    GID_MAP(
            Status.SUPPORTED,
            Namespace.USER,
            "How group ids inside relate to ids outside; the same words as uid_map, with /etc/subgid. "
                    + "A keyword here goes for uid_map too, unless that is given.",
            "gid_mappings",
            "gidMappings"),
    ROOTFS(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "The folder that becomes /: a path, or {path, overlay}. 'overlay: tmpfs' throws away what is written, "
                    + "{upper, work} keeps it apart. Default: the caller's root.",
            "root",
            "chroot"),
    READ_ONLY(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "Whether / and everything below it that came with it is read-only. Mounts of the spec stay as they say.",
            "readonly",
            "ro"),
    PROPAGATION(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "How mounts and unmounts of / and all below travel between the sandbox and the caller. Default: private."),
    MOUNTS(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "What is mounted, in order: SOURCE:TARGET[:ro|rw], or a map with a type: "
                    + "bind, tmpfs, overlay, file, dir, symlink, proc, sysfs, devpts, mqueue, cgroup.",
            "volumes",
            "binds",
            "bind",
            "volume"),
    TMPFS(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "Paths on which a new tmpfs is mounted, before 'mounts': /tmp, or \"/tmp:size=64m,mode=1777\"."),
    DEV(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "What /dev is. 'minimal': a new one with null, zero, full, random, urandom, tty, fd, stdin, stdout, stderr, "
                    + "pts, ptmx and shm. 'host': the host's. 'none': what the root has there. "
                    + "Default: minimal with rootfs, else host."),
    DEVICES(Status.SUPPORTED, Namespace.MOUNT, "Devices of the host that are added to /dev, such as /dev/fuse."),
    MASKED_PATHS(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "Paths that are hidden after all mounts: a folder is empty, a file reads as empty. "
                    + "Default with rootfs and mount_proc: the list of the OCI runtimes."),
    READONLY_PATHS(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "Paths that are read-only with all below, after all mounts. "
                    + "Default with rootfs and mount_proc: the list of the OCI runtimes."),
    SHM_SIZE(
            Status.SUPPORTED,
            Namespace.MOUNT,
            "How much /dev/shm holds with 'dev: minimal', such as 256m. Default: 64m.",
            "shm"),
    USER(
            Status.SUPPORTED,
            "Who the command runs as: uid or uid:gid, or {uid, gid}, in numbers as they are seen inside. The ids must be mapped. "
                    + "Without a gid it is 0; under 'gid_map: keep-id' and without a gid_map the group stays.",
            "uid",
            "username"),
    GROUP_ADD(
            Status.SUPPORTED,
            "Supplementary groups, in numbers as they are seen inside. None are kept from the caller unless it keeps its ids.",
            "groups",
            "group"),
    UMASK(
            Status.SUPPORTED,
            "The command's file mode creation mask: octal digits in quotes, such as '022'. Default: the caller's."),
    WORKING_DIR(
            Status.SUPPORTED,
            "The folder in which the command starts, an absolute path. Default: / with 'rootfs', else the caller's.",
            "cwd",
            "workdir",
            "chdir",
            "work_dir"),
    CAP_DROP(Status.SUPPORTED, "Capabilities that are taken away: names such as NET_RAW or CAP_NET_RAW, or ALL."),
    CAP_ADD(
            Status.SUPPORTED,
            "Capabilities that are given back after cap_drop: names such as NET_RAW or CAP_NET_RAW, or ALL. "
                    + "Where the user inside is not 0 they are ambient.",
            "capabilities",
            "cap",
            "caps"),
    NO_NEW_PRIVILEGES(
            Status.SUPPORTED,
            "Whether set-user-ID programs and file capabilities gain nothing inside (PR_SET_NO_NEW_PRIVS). Default: true.",
            "no_new_privs"),
    SECCOMP(
            Status.SUPPORTED,
            "The system calls that the command may make: 'default' after Docker's default profile, 'unconfined', the path of a "
                    + "profile in Docker's or OCI's JSON, or such a profile itself. Default: unconfined.",
            "seccomp_profile"),
    LANDLOCK(
            Status.SUPPORTED,
            "What the command may still do (landlock(7)): files that it may read, write and execute, TCP ports that it may bind "
                    + "and connect to, and what is kept within the sandbox. A group that is mentioned refuses what it does "
                    + "not list."),
    ULIMITS(
            Status.SUPPORTED,
            "Resource limits of setrlimit(2), by their names in small letters: a value, 'unlimited', or {soft, hard}.",
            "rlimits"),
    MEM_LIMIT(
            Status.SUPPORTED,
            "How much memory the sandbox may use, such as 512m; its control group's limit. Who wants more is ended.",
            "memory",
            "mem",
            "mem_max"),
    MEMSWAP_LIMIT(
            Status.SUPPORTED,
            "How much memory and swap together: the value of mem_limit for no swap, -1 for any amount. "
                    + "Default: as much swap as mem_limit says."),
    MEM_RESERVATION(Status.SUPPORTED, "How much memory is left to the sandbox as long as others use more than theirs."),
    CPUS(
            Status.SUPPORTED,
            "How many processors' time the sandbox may use, such as 1.5.",
            "cpu_limit",
            "cpu_quota",
            "cpu_count"),
    CPUSET(Status.SUPPORTED, "The processors that the sandbox may run on, such as 0-3,5.", "cpuset_cpus"),
    CPU_WEIGHT(
            Status.SUPPORTED,
            "The sandbox's share where processors are short, 1 to 10000; 100 is everybody's default.",
            "cpu_shares"),
    PIDS_LIMIT(
            Status.SUPPORTED, "How many processes and threads the sandbox may hold at once.", "pids", "process_limit"),
    CGROUP_PARENT(
            Status.SUPPORTED,
            "The control group below which the sandbox's own is made, as a path below the cgroup mount; it must exist. "
                    + "Default: beside the caller's."),
    OOM_SCORE_ADJ(
            Status.SUPPORTED,
            "How readily the kernel ends the command when memory is short, -1000 to 1000. Default: the caller's."),
    NICE(
            Status.SUPPORTED,
            "The command's scheduling priority, -20 (first) to 19 (last). Default: the caller's.",
            "priority"),
    SYSCTLS(
            Status.SUPPORTED,
            "Kernel parameters of the sandbox's own namespaces: net.* needs 'network'; kernel.shm*, kernel.msg*, kernel.sem and "
                    + "fs.mqueue.* need 'ipc'.",
            "sysctl"),
    TIME_OFFSETS(
            Status.SUPPORTED,
            Namespace.TIME,
            "How far the clocks inside are shifted: durations for monotonic and boottime, which may be negative.",
            "timens_offsets",
            "timeOffsets"),
    NETWORK(
            Status.SUPPORTED,
            Namespace.NETWORK,
            "What the new network namespace holds. 'loopback': 'lo' is up, the default. "
                    + "'down': 'lo' stays down, as a bare clone leaves it.",
            "network_mode",
            "net"),
    ENVIRONMENT(
            Status.SUPPORTED,
            "Variables set for the command: a map, or a list of KEY=value. A KEY without a value takes the caller's value.",
            "env"),
    INHERIT_ENV(
            Status.SUPPORTED,
            "What the command keeps of the caller's environment: true, false, or a list of names and prefixes such as LC_*. "
                    + "Default: TERM COLORTERM NO_COLOR LANG LC_* TZ, and without 'rootfs' also PATH HOME USER LOGNAME SHELL.",
            "inherit",
            "pass_env"),
    COMMAND(
            Status.SUPPORTED,
            "What runs: a list of words, or one string that is split as a shell splits words, without expansion. "
                    + "'nsbox up FILE -- WORDS' replaces it.",
            "cmd",
            "args",
            "entrypoint",
            "exec",
            "run",
            "cmds",
            "entry_point"),
    INIT(
            Status.SUPPORTED,
            Namespace.PID,
            "Whether a tiny init is process 1 inside and the command its child: it reaps processes that lost their parent, "
                    + "forwards signals and ends the sandbox with the command's status. Default: false, the command is process 1."),
    TTY(
            Status.SUPPORTED,
            "Whether the command gets a pseudo-terminal of the sandbox's own, so that it cannot reach the caller's. "
                    + "Default: auto, when standard input and output are terminals.",
            "terminal"),
    TIMEOUT(
            Status.SUPPORTED,
            "How long the sandbox may run, as in 10s or 1m30s; then it is stopped and the exit status is 124.",
            "time_limit",
            "wall_time",
            "deadline"),
    STOP_SIGNAL(
            Status.SUPPORTED, "The signal that asks the command to end. Default: SIGTERM.", "kill_signal", "signal"),
    STOP_GRACE_PERIOD(
            Status.SUPPORTED,
            "How long the command may take to end once asked to, before SIGKILL. Default: 10s.",
            "stop_timeout",
            "grace_period",
            "kill_after"),
    REPORT(
            Status.SUPPORTED,
            "The file to which a report of the run is written, as JSON: how it ended and why, times, memory, faults.",
            "report_file"),
    EXTENDS(Status.LATER, "Another spec that this one builds on."),
    INCLUDE(Status.LATER, "Other files that belong to this spec.");

    /** Whether this version does what a key asks for. */
    private enum Status {
        SUPPORTED,
        LATER
    }

    /** The keys that give the sandbox a control group. */
    public static final List<Key> LIMITS =
            List.of(MEM_LIMIT, MEMSWAP_LIMIT, MEM_RESERVATION, CPUS, CPUSET, CPU_WEIGHT, PIDS_LIMIT);

    private static final Map<String, Key> BY_WORD = new HashMap<>();
    private static final Map<String, Key> BY_SYNONYM = new HashMap<>();
    private static final List<String> WORDS = new ArrayList<>();

    static {
        for (Key key : values()) {
            BY_WORD.put(key.word, key);
            WORDS.add(key.word);
            key.synonyms.forEach(synonym -> BY_SYNONYM.put(synonym, key));
        }
    }

    private final String word = name().toLowerCase(java.util.Locale.ROOT);
    private final Status status;
    private final Optional<Namespace> needs;
    private final String description;
    private final List<String> synonyms;

    Key(Status status, String description, String... synonyms) {
        this(status, Optional.empty(), description, synonyms);
    }

    Key(Status status, Namespace needs, String description, String... synonyms) {
        this(status, Optional.of(needs), description, synonyms);
    }

    Key(Status status, Optional<Namespace> needs, String description, String... synonyms) {
        this.status = status;
        this.needs = needs;
        this.description = description;
        this.synonyms = List.of(synonyms);
    }

    /** The key as a spec spells it. */
    public String word() {
        return word;
    }

    /** Whether this version does it; if not, it is reserved and refused. */
    public boolean isSupported() {
        return status == Status.SUPPORTED;
    }

    /** The namespace without which the key has no meaning. */
    public Optional<Namespace> needs() {
        return needs;
    }

    /** What the key is for, in sentences. */
    public String description() {
        return description;
    }

    /** The key that is spelled so. */
    public static Optional<Key> find(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }

    /** The key that other tools call by this word. */
    public static Optional<Key> bySynonym(String word) {
        return Optional.ofNullable(BY_SYNONYM.get(word));
    }

    /** All words, in the order of this table. */
    public static List<String> words() {
        return List.copyOf(WORDS);
    }
}
