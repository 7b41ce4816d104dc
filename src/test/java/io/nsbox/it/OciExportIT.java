package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs a probe from a spec and from what is exported of it by runc, and compares what it sees. */
class OciExportIT {
    private static final Set<OciDifference> OF_A_ROOT =
            EnumSet.of(OciDifference.HOME, OciDifference.MASKS, OciDifference.SIGNALS);
    private static final Set<OciDifference> OF_THE_CALLERS =
            EnumSet.of(OciDifference.DEV_TWICE, OciDifference.BUNDLE, OciDifference.SIGNALS);

    private static final String ROOT = "rootfs: ./root\nmount_proc: true\n";
    private static final String ALL = "namespaces: [mount, pid, uts, ipc, network, cgroup]\n";
    private static final String ALL_AND_USER = "namespaces: [user, mount, pid, uts, ipc, network, cgroup]\n";

    /** Everything that can be said of files, limits and filters. */
    private static final String MUCH = """
            hostname: blue
            tmpfs: ["/tmp:size=1m"]
            mounts:
              - /etc/hostname:/etc/hostname:ro
              - {type: bind, source: ./data, target: /data, noexec: true}
              - {type: file, target: /etc/motd, content: "good morning\\n", mode: "0640"}
              - {type: tmpfs, target: /scratch, mode: "0700", noexec: true}
              - {type: mqueue, target: /queues}
              - {type: sysfs, target: /kernel, read_only: true}
              - {type: overlay, target: /layers, lower: [./data], upper: ./upper, work: ./work}
            devices: [/dev/kmsg]
            cap_drop: [ALL]
            cap_add: [CHOWN, NET_RAW]
            seccomp: default
            ulimits: {nofile: {soft: 100, hard: 200}, core: 0, as: unlimited, stack: 1m, cpu: 20s}
            umask: "027"
            environment: {COLOUR: blue, EMPTY: "", PATH: /bin}
            sysctls: {net.ipv4.ip_forward: "1", kernel.shmmni: "100"}
            oom_score_adj: 300
            """;

    private static final String COMMAND =
            "command: [/probe, /etc/motd, /etc/hostname, /data, /scratch, /layers/file, /proc/keys, /proc/acpi, /proc/sys,"
                    + " /proc/sys/net/ipv4/ip_forward, /proc/sys/kernel/shmmni, /tmp]\n";

    private static Workshop prepared(Identity identity) {
        Requirements.requireProgram("runc");
        Workshop workshop = Workshop.open(identity);
        for (String folder :
                List.of("data", "upper", "work", "root", "root/dev", "root/proc", "root/etc", "root/tmp", "state")) {
            workshop.newFolder(folder);
        }
        workshop.file("data/file", "below\n");
        OciProbe.build(workshop, "root/probe");
        return workshop;
    }

    /** Runs the probe in both, and fails where they differ otherwise than in these ways. */
    private static List<String> compare(
            Workshop workshop, String spec, List<String> wrapper, Set<OciDifference> differences) {
        workshop.file("box.yaml", spec);
        Running.Result exported =
                workshop.run(with(wrapper, workshop.nsbox(), "export", "oci", "box.yaml", "-o", "bundle"));
        assertThat(exported.status()).as(exported.err()).isZero();
        Running.Result ofRunc = workshop.run(with(
                alone(workshop, wrapper),
                "runc",
                "--root",
                "state",
                "run",
                "-b",
                "bundle",
                "box" + ProcessHandle.current().pid()));
        assertThat(ofRunc)
                .as("runc")
                .extracting(Running.Result::status, Running.Result::err)
                .containsExactly(0, "");
        Running.Result ofNsbox = workshop.run(with(wrapper, workshop.nsbox(), "up", "box.yaml"));
        assertThat(ofNsbox)
                .as("nsbox")
                .extracting(Running.Result::status, Running.Result::err)
                .containsExactly(0, "");
        return same(ofNsbox.out(), ofRunc.out(), differences);
    }

    private static List<String> same(String ofNsbox, String ofRunc, Set<OciDifference> differences) {
        List<String> nsbox = OciProbe.facts(ofNsbox);
        List<String> runc = OciProbe.facts(ofRunc);
        assertThat(nsbox).hasSizeGreaterThan(60);

        List<String> unexplained = new ArrayList<>();
        Set<OciDifference> found = EnumSet.noneOf(OciDifference.class);
        for (String line : minus(nsbox, runc)) {
            explain(
                    "nsbox: " + line,
                    found,
                    unexplained,
                    differences.stream()
                            .filter(each -> each.explainsOfNsbox(line))
                            .toList());
        }
        for (String line : minus(runc, nsbox)) {
            explain(
                    "runc: " + line,
                    found,
                    unexplained,
                    differences.stream()
                            .filter(each -> each.explainsOfRunc(line))
                            .toList());
        }
        assertThat(unexplained).as("differences without a reason").isEmpty();
        assertThat(found).as("the differences that there are").isEqualTo(differences);
        return nsbox;
    }

    private static void explain(
            String line, Set<OciDifference> found, List<String> unexplained, List<OciDifference> reasons) {
        found.addAll(reasons);
        if (reasons.isEmpty()) {
            unexplained.add(line);
        }
    }

    /** What one list has more often than the other. */
    private static List<String> minus(List<String> one, List<String> other) {
        List<String> rest = new ArrayList<>(one);
        other.forEach(rest::remove);
        return rest;
    }

    private static Object[] with(List<String> wrapper, Object... words) {
        List<Object> all = new ArrayList<>(wrapper);
        all.addAll(List.of(words));
        return all.toArray();
    }

    /** As root runc is kept from the mounts of the machine, whatever the configuration says. */
    private static List<String> alone(Workshop workshop, List<String> wrapper) {
        List<String> words = new ArrayList<>(wrapper);
        if (workshop.identity() == Identity.ROOT && !wrapper.contains("unshare")) {
            words.addAll(List.of("unshare", "-m"));
        }
        return words;
    }

    private static Set<OciDifference> and(Set<OciDifference> some, OciDifference... more) {
        Set<OciDifference> all = EnumSet.copyOf(some);
        all.addAll(List.of(more));
        return all;
    }

    @Test
    void aRootOfRootsOwnIsTheSame() {
        try (Workshop workshop = prepared(Identity.ROOT)) {
            String spec = ALL + ROOT + MUCH + "group_add: [4, 5]\n" + COMMAND;
            List<String> facts = compare(
                    workshop,
                    spec,
                    List.of(),
                    and(OF_A_ROOT, OciDifference.DEVICE_FILES, OciDifference.CONTENT, OciDifference.TMPFS_MODE));
            assertThat(facts)
                    .contains(
                            "status Groups 4 5",
                            "status CapBnd 0000000000002001",
                            "status Seccomp 2",
                            "file /etc/motd 100640 writable: good morning",
                            "file /proc/sys/net/ipv4/ip_forward 100644 read-only: 1",
                            "namespace net is another",
                            "namespace user is the caller's");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRootInAUserNamespaceIsTheSame(Identity identity) {
        try (Workshop workshop = prepared(identity)) {
            List<String> facts = compare(
                    workshop,
                    ALL_AND_USER + "uid_map: root\n" + ROOT + MUCH + COMMAND,
                    List.of(),
                    and(OF_A_ROOT, OciDifference.CONTENT, OciDifference.TMPFS_MODE));
            assertThat(facts)
                    .contains("status Uid 0 0 0 0", "oom 300", "limit 7 100 200", "dev /dev/kmsg char 1:11 644");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theCallersRootIsTheSame(Identity identity) {
        try (Workshop workshop = prepared(identity)) {
            String spec = ALL_AND_USER + "uid_map: root\nread_only: true\ntmpfs: [/mnt]\nworking_dir: /usr\n"
                    + "mounts:\n  - {type: file, target: /etc/motd, content: good}\n  - ./data:/srv\n"
                    + "masked_paths: [/proc/acpi, /proc/keys]\ninherit_env: [HOME, \"LC_*\", NONE]\n"
                    + "command: [./root/probe, /etc/motd, /srv/file, /proc/keys, /proc/acpi, /mnt]\n";
            spec = spec.replace("./root/probe", workshop.folder() + "/root/probe");
            List<String> facts = compare(
                    workshop,
                    spec,
                    List.of(),
                    and(OF_THE_CALLERS, OciDifference.MASKS, OciDifference.CONTENT, OciDifference.TMPFS_MODE));
            assertThat(facts).contains("cwd /usr", "file /srv/file 100644 writable: below");
        }
    }

    @Test
    void anotherUserWithAmbientCapabilitiesIsTheSame() {
        try (Workshop workshop = prepared(Identity.ROOT)) {
            List<String> facts = compare(
                    workshop,
                    ALL + ROOT + "dev: host\nread_only: true\nuser: 5:6\ngroup_add: [7]\n"
                            + "cap_drop: [SYS_ADMIN]\ncap_add: [NET_RAW]\nno_new_privileges: false\n" + COMMAND,
                    List.of(),
                    OF_A_ROOT);
            assertThat(facts)
                    .contains(
                            "status Uid 5 5 5 5",
                            "status Gid 6 6 6 6",
                            "status Groups 7",
                            "status CapAmb 0000000000002000",
                            "status NoNewPrivs 0",
                            "mount / ext4 ro,relatime".replace("ext4", fileSystemOf(facts)));
        }
    }

    private static String fileSystemOf(List<String> facts) {
        return facts.stream()
                .filter(fact -> fact.startsWith("mount / "))
                .map(fact -> fact.split(" ")[2])
                .findFirst()
                .orElseThrow();
    }

    @Test
    void listsOfIdsAreTheSame() {
        try (Workshop workshop = prepared(Identity.ROOT)) {
            List<String> facts = compare(
                    workshop,
                    ALL_AND_USER + "uid_map: [{inside: 0, outside: 0}, {inside: 1, outside: 100000, count: 10}]\n"
                            + "gid_map: [{inside: 0, outside: 0}, {inside: 1, outside: 200000, count: 10}]\nuser: 5:6\ngroup_add: [7]\n"
                            + "rootfs: ./root\nmount_proc: true\n" + COMMAND,
                    List.of(),
                    OF_A_ROOT);
            assertThat(facts)
                    .contains("status Uid 5 5 5 5", "status Groups 7", "uid_map          1     100000         10");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void automaticMapsAreTheSame(Identity identity) throws IOException {
        Requirements.requireRoot();
        try (Workshop workshop = prepared(identity)) {
            Path etc = SubordinateIdsOfTests.etc(workshop);
            Files.writeString(etc.resolve("subuid"), "root:300000:1000\n" + Files.readString(etc.resolve("subuid")));
            Files.writeString(etc.resolve("subgid"), "root:400000:1000\n" + Files.readString(etc.resolve("subgid")));
            workshop.file("box.yaml", ALL_AND_USER + "uid_map: auto\n" + ROOT + COMMAND);
            String become = identity.isSomebodyElse() ? String.join(" ", identity.prefix()) : "";
            String script = "mount --bind " + etc + " /etc\n" + become + " " + workshop.nsbox()
                    + " export oci box.yaml -o bundle >/dev/null\n" + become + " runc --root state run -b bundle auto"
                    + ProcessHandle.current().pid() + " >runc.out\n" + become + " " + workshop.nsbox()
                    + " up box.yaml >nsbox.out\n";
            Running.Result result =
                    workshop.startPlainly("unshare", "-m", "sh", "-euc", script).finish();
            assertThat(result).isEqualTo(new Running.Result(0, "", ""));
            List<String> facts = same(
                    Files.readString(workshop.folder().resolve("nsbox.out")),
                    Files.readString(workshop.folder().resolve("runc.out")),
                    OF_A_ROOT);
            assertThat(facts)
                    .contains("uid_map          1     "
                            + (identity == Identity.ROOT ? "300000       1000" : "100000      65536"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anOverlayAsTheRootIsTheSame(Identity identity) {
        try (Workshop workshop = prepared(identity)) {
            List<String> facts = compare(
                    workshop,
                    ALL_AND_USER + "uid_map: root\nrootfs: {path: ./root, overlay: {upper: ./upper, work: ./work}}\n"
                            + "mount_proc: true\nread_only: true\n" + COMMAND,
                    List.of(),
                    OF_A_ROOT);
            assertThat(facts).contains("mount / overlay ro,relatime");
            assertThat(workshop.folder().resolve("root/sys")).doesNotExist();
        }
    }

    @Test
    void aJoinedNamespaceAndMountsThatFollowTheCallersAreTheSame() {
        try (Workshop workshop = prepared(Identity.ROOT)) {
            Running owner = workshop.start(
                            "unshare", "-n", "-u", "sh", "-c", "hostname joined; echo ready; exec sleep 300")
                    .says("ready");
            String proc = "/proc/" + owner.pid() + "/ns/";
            List<String> facts = compare(
                    workshop,
                    "namespaces: [mount, pid, {network: " + proc + "net}, {uts: " + proc + "uts}]\npropagation: slave\n"
                            + "rootfs: ./root\nmount_proc: true\ndev: host\nmounts: [./data:/data]\n" + COMMAND,
                    List.of("unshare", "-m", "--propagation", "shared"),
                    OF_A_ROOT);
            assertThat(facts).contains("hostname joined", "namespace net is another", "namespace ipc is the caller's");
            owner.signal("KILL").finish();
        }
    }

    @Test
    void theNumberOfOpenFilesIsRuncsOwn() {
        try (Workshop workshop = prepared(Identity.ROOT)) {
            compare(
                    workshop,
                    ALL + "rootfs: ./root\nmount_proc: true\n" + COMMAND,
                    List.of("prlimit", "--nofile=64:128"),
                    and(OF_A_ROOT, OciDifference.DEVICE_FILES, OciDifference.OPEN_FILES));
        }
    }

    /** What a file of the group of a process says, for one of its hierarchies. */
    private static String limit(long pid, String controller, String file) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .filter(each -> each.matches("[0-9]+:(.*,)?" + controller + "(,.*)?:.*"))
                .findFirst()
                .orElseThrow();
        String group = line.substring(line.lastIndexOf(':') + 1);
        return Files.readString(Path.of("/sys/fs/cgroup/" + controller + group + "/" + file))
                .strip();
    }

    private static List<String> limits(long pid) throws IOException {
        List<String> limits = new ArrayList<>();
        for (String file : List.of(
                "memory.limit_in_bytes",
                "memory.memsw.limit_in_bytes",
                "memory.soft_limit_in_bytes",
                "cpu.shares",
                "cpu.cfs_quota_us",
                "cpu.cfs_period_us",
                "cpuset.cpus",
                "pids.max")) {
            limits.add(file + " " + limit(pid, file.substring(0, file.indexOf('.')), file));
        }
        return limits;
    }

    private static long process(String script) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>) processes::iterator) {
                Path words = process.resolve("cmdline");
                if (Files.exists(words) && Files.readString(words).endsWith("\0sh\0-c\0" + script + "\0")) {
                    return Long.parseLong(process.getFileName().toString());
                }
            }
        }
        throw new AssertionError("no process runs " + script);
    }

    @Test
    void theLimitsOfTheGroupAreTheSame() throws IOException {
        Requirements.require(
                Files.exists(Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")),
                "the controllers are not those of version 1, with swap accounted");
        try (Workshop workshop = prepared(Identity.ROOT)) {
            Files.copy(Path.of("/bin/busybox"), workshop.folder().resolve("root/busybox"));
            String script = "echo ready; /busybox sleep 300; exit "
                    + ProcessHandle.current().pid();
            workshop.file(
                    "box.yaml",
                    ALL + ROOT + "mem_limit: 64m\nmemswap_limit: 96m\nmem_reservation: 32m\ncpus: 0.5\ncpu_weight: 50\n"
                            + "cpuset: 0\npids_limit: 20\ncommand: [/busybox, sh, -c, '" + script + "']\n");
            assertThat(workshop.run(workshop.nsbox(), "export", "oci", "box.yaml", "-o", "bundle"))
                    .isEqualTo(new Running.Result(0, "", ""));
            String box = "box" + ProcessHandle.current().pid();

            Running ofNsbox = workshop.start(workshop.nsbox(), "up", "box.yaml").says("ready");
            List<String> expected = limits(process(script));
            ofNsbox.signal("KILL").finish();
            Running ofRunc = workshop.start("unshare", "-m", "runc", "--root", "state", "run", "-b", "bundle", box)
                    .says("ready");
            List<String> found = limits(process(script));
            workshop.run("runc", "--root", "state", "kill", box, "KILL");
            ofRunc.finish();

            assertThat(expected)
                    .containsExactly(
                            "memory.limit_in_bytes 67108864",
                            "memory.memsw.limit_in_bytes 100663296",
                            "memory.soft_limit_in_bytes 33554432",
                            "cpu.shares 512",
                            "cpu.cfs_quota_us 50000",
                            "cpu.cfs_period_us 100000",
                            "cpuset.cpus 0",
                            "pids.max 20");
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void aGroupBelowAnotherIsMadeThere() throws IOException {
        Path pids = Path.of("/sys/fs/cgroup/pids");
        Requirements.require(Files.exists(pids.resolve("tasks")), "the controllers are not those of version 1");
        String parent = "nsbox-oci-" + ProcessHandle.current().pid();
        try (Workshop workshop = prepared(Identity.ROOT)) {
            Files.createDirectory(pids.resolve(parent));
            Files.copy(Path.of("/bin/busybox"), workshop.folder().resolve("root/busybox"));
            workshop.file(
                    "box.yaml",
                    "namespaces: [mount, pid, uts, ipc, network]\n" + ROOT + "pids_limit: 20\ncgroup_parent: " + parent
                            + "\ncommand: [/busybox, grep, pids, /proc/self/cgroup]\n");
            assertThat(workshop.run(workshop.nsbox(), "export", "oci", "box.yaml", "-o", "bundle")
                            .status())
                    .isZero();
            Running.Result result =
                    workshop.run("unshare", "-m", "runc", "--root", "state", "run", "-b", "bundle", parent);
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).endsWith(":pids:/" + parent + "/box\n");
        } finally {
            for (Path controller : groups(parent)) {
                Files.delete(controller);
            }
        }
    }

    /** The groups of this name in all hierarchies: runc makes it where it is missing. */
    private static List<Path> groups(String name) throws IOException {
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            return hierarchies
                    .map(hierarchy -> hierarchy.resolve(name))
                    .filter(Files::isDirectory)
                    .toList();
        }
    }
}
