package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code /dev} is inside, also where the root file system is hostile. */
class DevIT {
    private static final String USER = "namespaces: [user, pid, mount, ipc]\n";
    private static final String[] NODES = {
        "full 1:7", "null 1:3", "random 1:8", "tty 5:0", "urandom 1:9", "zero 1:5",
    };
    private static final String ALL =
            "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ".replace(' ', '\n');

    static List<Arguments> maps() {
        List<Arguments> cases = new ArrayList<>();
        for (Identity identity : Identity.values()) {
            cases.add(Arguments.of(identity, "root"));
            cases.add(Arguments.of(identity, "keep-id"));
        }
        return cases;
    }

    private static Running.Result sh(Workshop workshop, String keys, String script) {
        workshop.script("inside", script + "\n");
        return workshop.run(workshop.launcher("box", keys + "command: [sh, " + workshop.folder() + "/inside]\n"));
    }

    private static String minimal(String map) {
        return USER + "uid_map: " + map + "\nmount_proc: true\ndev: minimal\n";
    }

    private static Running.Result ok(String out) {
        return new Running.Result(0, out, "");
    }

    @ParameterizedTest
    @MethodSource("maps")
    void aMinimalDevHasTheUsualDevicesAndNothingElse(Identity identity, String map) {
        try (Workshop workshop = Workshop.open(identity)) {
            assertThat(sh(workshop, minimal(map), "ls -1 /dev")).isEqualTo(ok(ALL));
            assertThat(sh(workshop, minimal(map), "cd /dev && stat -c '%n %F %t:%T' full null random tty urandom zero"))
                    .isEqualTo(ok(String.join("\n", NODES).replaceAll(" ", " character special file ") + "\n"));
            assertThat(
                            sh(
                                    workshop,
                                    minimal(map),
                                    "cd /dev; for l in fd stdin stdout stderr ptmx; do readlink $l; done; stat -c %a . shm pts"))
                    .isEqualTo(ok("/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx\n"
                            + "755\n1777\n755\n"));
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void itsDevicesWork(Identity identity, String map) {
        try (Workshop workshop = Workshop.open(identity)) {
            assertThat(sh(
                            workshop,
                            minimal(map),
                            "echo lost >/dev/null; head -c 3 /dev/zero | od -An -tx1; head -c 9 /dev/urandom | wc -c;"
                                    + " echo x 2>/dev/null >/dev/full || echo full; echo seen | cat /dev/stdin"))
                    .isEqualTo(ok(" 00 00 00\n9\nfull\nseen\n"));
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void itsTerminalsAreTheSandboxsOwn(Identity identity, String map) {
        Requirements.requireProgram("script");
        try (Workshop workshop = Workshop.open(identity)) {
            assertThat(sh(workshop, minimal(map), "script -qc 'tty; stat -c %a /dev/pts/0' /dev/null | tr -d '\\r'"))
                    .isEqualTo(ok("/dev/pts/0\n620\n"));
            assertThat(sh(workshop, minimal(map), "ls /dev/pts; stat -c %a /dev/pts/ptmx"))
                    .isEqualTo(ok("ptmx\n666\n"));
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void sharedMemoryHasItsSize(Identity identity, String map) {
        try (Workshop workshop = Workshop.open(identity)) {
            String size = "stat -f -c '%b %S' /dev/shm | { read n s; echo $((n * s)); }";
            assertThat(sh(workshop, minimal(map), size)).isEqualTo(ok("67108864\n"));
            assertThat(sh(workshop, minimal(map) + "shm_size: 8MiB\n", size)).isEqualTo(ok("8388608\n"));
            Running.Result tooMuch =
                    sh(workshop, minimal(map) + "shm_size: 1m\n", "head -c 2000000 /dev/zero >/dev/shm/x");
            assertThat(tooMuch.status()).isEqualTo(1);
            assertThat(tooMuch.err()).contains("No space left on device");
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void itsFileSystemsAllowNeitherProgramsNorNewDevices(Identity identity, String map) {
        try (Workshop workshop = Workshop.open(identity)) {
            String flags =
                    "while read -r a b c d e f rest; do case $e in /dev | /dev/pts | /dev/shm) echo $e $f;; esac;"
                            + " done </proc/self/mountinfo | tail -n 3";
            assertThat(sh(workshop, minimal(map), flags))
                    .isEqualTo(ok("/dev rw,nosuid,nodev,noexec,relatime\n/dev/pts rw,nosuid,noexec,relatime\n"
                            + "/dev/shm rw,nosuid,nodev,noexec,relatime\n"));
        }
    }

    @Test
    void keepIdWithoutPrivilegeTakesASecondUserNamespaceFromWhichNoMountCanBeUndone() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            assertThat(sh(
                            workshop,
                            minimal("keep-id"),
                            "id -u; id -g; stat -c '%u %g' /dev /dev/shm; grep -E 'CapEff|NoNew' /proc/self/status;"
                                    + " cat /proc/self/setgroups"))
                    .isEqualTo(
                            ok("1000\n1000\n1000 1000\n1000 1000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\ndeny\n"));
            Running.Result undo = sh(
                    workshop,
                    minimal("keep-id"),
                    "unshare -Urm sh -c 'umount /dev/null || umount /dev/shm'; ls -1 /dev");
            assertThat(undo.status()).isZero();
            assertThat(undo.out()).isEqualTo(ALL);
            assertThat(undo.err()).hasLineCount(2).contains("/dev/null").contains("/dev/shm");
        }
    }

    @Test
    void rootKeepsItsIdsInOneUserNamespace() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            assertThat(sh(workshop, minimal("keep-id"), "cat /proc/self/uid_map | tr -s ' '"))
                    .isEqualTo(ok(" 0 0 1\n"));
        }
    }

    @Test
    void rootWithoutAUserNamespaceHasItToo() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            assertThat(sh(workshop, "namespaces: [mount]\ndev: minimal\n", "ls -1 /dev; echo x >/dev/null"))
                    .isEqualTo(ok(ALL));
            assertThat(Path.of("/dev/pts")).as("the host's own").isDirectory();
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void devicesAreAddedAtTheirPaths(Identity identity, String map) {
        Requirements.requireFile("/dev/net/tun");
        Requirements.requireFile("/dev/fuse");
        try (Workshop workshop = Workshop.open(identity)) {
            String keys = minimal(map) + "devices: [/dev/net/tun, /dev/null, /dev/fuse]\n";
            workshop.script("inside", "cd /dev; stat -c '%n %t:%T' net/tun fuse null; stat -c %a net; ls net\n");
            Path launcher = workshop.launcher("box", keys + "command: [sh, " + workshop.folder() + "/inside]\n");
            assertThat(workshop.run("sh", "-c", "umask 077; exec " + launcher))
                    .isEqualTo(ok("net/tun a:c8\nfuse a:e5\nnull 1:3\n755\ntun\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aDeviceThatIsMissingOrNoneIsRefusedWithItsLine(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            for (String dev : List.of("minimal", "host")) {
                Running.Result missing =
                        sh(workshop, USER + "uid_map: root\ndev: " + dev + "\ndevices: [/dev/not-there]\n", "echo ran");
                assertThat(missing.status()).isEqualTo(125);
                assertThat(missing.out()).isEmpty();
                assertThat(missing.err())
                        .contains("the device /dev/not-there: ENOENT (No such file or directory)\n")
                        .contains("box.yaml:4:11\n")
                        .contains("= help: the host has no such device, or the caller's /dev does not show it\n");
                Running.Result folder =
                        sh(workshop, USER + "uid_map: root\ndev: " + dev + "\ndevices: [/dev/net]\n", "echo ran");
                assertThat(folder.status()).isEqualTo(125);
                assertThat(folder.err())
                        .contains("the device /dev/net: ENODEV (No such device)\n")
                        .contains("= help: this is no device of the host\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRootOfItsOwnGetsAMinimalDevWhoseFolderIsMade(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            workshop.script("root/inside", "ls -1 /dev; echo x >/dev/null; echo $?\n");
            Path launcher =
                    workshop.launcher("box", USER + "uid_map: root\n" + root.keys() + "command: [sh, /inside]\n");
            assertThat(workshop.run(launcher)).isEqualTo(ok(ALL + "0\n"));
            assertThat(root.path().resolve("dev")).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRootOfItsOwnCanHaveTheHostsDevOrNone(Identity identity) throws IOException {
        Requirements.requireFile("/dev/fuse");
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            String keys = USER + "uid_map: root\n" + root.keys();
            Path host = workshop.launcher(
                    "host", keys + "dev: host\ncommand: [sh, -c, 'stat -c %t:%T /dev/fuse; ls -d /dev/shm']\n");
            assertThat(workshop.run(host)).isEqualTo(ok("a:e5\n/dev/shm\n"));
            Path none = workshop.launcher("none", keys + "dev: none\ncommand: [ls, /dev]\n");
            assertThat(workshop.run(none)).isEqualTo(ok(""));
            Path one = workshop.launcher(
                    "one", keys + "dev: none\ndevices: [/dev/fuse]\ncommand: [stat, -c, '%n %t:%T', /dev/fuse]\n");
            assertThat(workshop.run(one)).isEqualTo(ok("/dev/fuse a:e5\n"));
            assertThat(Files.readString(root.path().resolve("dev/fuse"))).isEmpty();
        }
    }

    /** S11: what is made for /dev must not land where a link of the root leads. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aDevThatIsALinkIsRefusedAndWhatItLeadsToStaysAsItWas(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path victim = workshop.newFolder("victim");
            workshop.file("victim/ptmx", "mine");
            for (String target : List.of(victim.toString(), "../victim", "/", "etc", "/proc/self/root")) {
                RootFolder root = RootFolder.in(workshop, "root");
                Files.createSymbolicLink(root.path().resolve("dev"), Path.of(target));
                for (String dev : List.of("minimal", "host")) {
                    Path launcher = workshop.launcher(
                            "box", USER + "uid_map: root\n" + root.keys() + "dev: " + dev + "\ncommand: [echo, ran]\n");
                    Running.Result result = workshop.run(launcher);
                    assertThat(result.status()).as(target).isEqualTo(125);
                    assertThat(result.out()).isEmpty();
                    assertThat(result.err())
                            .contains("/dev: ELOOP (Too many levels of symbolic links)\n")
                            .contains("= help: in this rootfs it is a symbolic link: it must be a folder\n");
                }
                Workshop.delete(root.path());
            }
            assertThat(victim.toFile().list()).containsExactly("ptmx");
            assertThat(Files.readString(victim.resolve("ptmx"))).isEqualTo("mine");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aDevThatIsAFileIsRefused(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            workshop.file("root/dev", "");
            Running.Result result = workshop.run(
                    workshop.launcher("box", USER + "uid_map: root\n" + root.keys() + "command: [echo, ran]\n"));
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).contains("refused: make a minimal /dev: EINVAL (Invalid argument)\n");
        }
    }

    /** S6, and what a root has in its own /dev: none of it is seen or touched. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatTheRootHasInItsDevIsNeitherUsedNorChanged(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            Path dev = workshop.newFolder("root/dev");
            Path victim = workshop.file("victim", "mine");
            for (String name : List.of("null", "pts", "shm", "ptmx", "console", "fd")) {
                Files.createSymbolicLink(dev.resolve(name), victim);
            }
            workshop.file("root/dev/zero", "no device");
            workshop.script("root/inside", "echo lost >/dev/null; stat -c %t:%T /dev/null /dev/zero; ls -1 /dev\n");
            Running.Result result = workshop.run(workshop.launcher(
                    "box", USER + "uid_map: root\n" + root.keys() + "mount_proc: true\ncommand: [sh, /inside]\n"));
            assertThat(result).isEqualTo(ok("1:3\n1:5\n" + ALL));
            assertThat(Files.readString(victim)).isEqualTo("mine");
            assertThat(Files.readString(dev.resolve("zero"))).isEqualTo("no device");
            assertThat(dev.toFile().list()).hasSize(7);
        }
    }

    /** S5: a host whose /dev/null is something else. */
    @Test
    void somethingElseInThePlaceOfAHostsDeviceIsRefused() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.file("fake", "fake");
            for (String keys : List.of("dev: minimal\n", "masked_paths: [/etc/hostname]\n")) {
                workshop.launcher("box", "namespaces: [mount]\n" + keys + "command: [echo, ran]\n");
                for (String source : List.of("fake", "/dev/zero")) {
                    Running.Result result = workshop.run(
                            "unshare",
                            "-m",
                            "sh",
                            "-ec",
                            "exec 5>&1 6>&2; mount --bind " + source + " /dev/null; exec ./box >&5 2>&6");
                    assertThat(result.status()).isEqualTo(125);
                    assertThat(result.out()).isEmpty();
                    assertThat(result.err())
                            .contains(": ENODEV (No such device)\n")
                            .contains("= help: the host has something else in the place of this device\n");
                    if (keys.startsWith("dev")) {
                        assertThat(result.err()).contains("= note: the path was null\n");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void nothingIsLeftOnTheHost(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            workshop.newFolder("root/dev");
            workshop.launcher(
                    "box",
                    USER + "uid_map: keep-id\nmount_proc: true\n" + root.keys()
                            + "propagation: shared\ncommand: [sh, -c, 'exit 3']\n");
            Leftovers before = Leftovers.now(workshop.folder());
            assertThat(workshop.run("./box")).isEqualTo(new Running.Result(3, "", ""));
            before.assertUnchanged(workshop.folder(), "a run");
            Leftovers.assertNoProcess(workshop.mark(), "a run");
        }
    }

    /** Another one than root cannot write such a map. */
    @Test
    void aCallerThatIsNotMappedIsToldToMapItself() {
        Identity.ROOT.require();
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            String ids = "[{inside: 0, outside: 100000, count: 10}]\n";
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, mount]\nuid_map: " + ids + "gid_map: " + ids
                            + "dev: minimal\ncommand: [\"true\"]\n");
            Running.Result result = workshop.run(launcher);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .endsWith(" refused: make a minimal /dev: EOVERFLOW (Value too large for defined data type)\n"
                            + "  --> box.yaml:4:1\n   |\n 4 | dev: minimal\n   | ^^^\n"
                            + "   = note: the call was mknodat(<dev>, <path>, S_IFREG|000, 0)\n"
                            + "   = note: the path was zero\n"
                            + "   = help: the caller's own id is not mapped inside, so it can own nothing there: map it in"
                            + " `uid_map` and `gid_map`, or say `user`, or `dev: host`\n");
        }
    }
}
