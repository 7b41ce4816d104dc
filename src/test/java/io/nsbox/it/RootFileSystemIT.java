package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A root file system of the sandbox's own, as its command sees it, and as the caller finds it afterwards. */
class RootFileSystemIT {
    private static final String PLACES = "cut -d' ' -f5 /proc/self/mountinfo";

    @ParameterizedTest
    @EnumSource
    void theCommandSeesTheRootfsAndNothingElse(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            Files.writeString(root.resolve("marker"), "inside\n");
            String before = Files.readString(Path.of("/proc/self/mountinfo"));
            assertThat(who.run(workshop, "rootfs: ./rootfs\nmount_proc: true\n", "ls / && ls /.. && " + PLACES))
                    .isEqualTo(new Running.Result(0, "bin\nmarker\nproc\nbin\nmarker\nproc\n/\n/proc\n", ""));
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itStartsInTheRootWithoutTheCallersPaths(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            BusyboxRoot.in(workshop, "rootfs");
            Running.Result result = who.run(workshop, "rootfs: ./rootfs\ninherit_env: [LC_*]\n", "pwd; echo $HOME");
            assertThat(result).isEqualTo(new Running.Result(0, "/\n\n", ""));
            assertThat(who.run(workshop, "rootfs: ./rootfs\n", "env | grep -v ^LC_ | sort"))
                    .isEqualTo(new Running.Result(
                            0,
                            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nPWD=/\nSHLVL=1\n",
                            ""));
            assertThat(who.run(workshop, "rootfs: ./rootfs\nworking_dir: /bin\n", "pwd"))
                    .isEqualTo(new Running.Result(0, "/bin\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCommandHoldsNothingOfTheOldRootOpen(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            BusyboxRoot.in(workshop, "rootfs");
            assertThat(who.run(
                            workshop,
                            "rootfs: {path: ./rootfs, overlay: tmpfs}\nmount_proc: true\ntmpfs: [/tmp]\n",
                            "ls /proc/1/fd; readlink /proc/1/cwd; readlink /proc/1/root"))
                    .isEqualTo(new Running.Result(0, "0\n1\n2\n/\n/\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void missingTargetsAreMadeWithTheirModesAndStay(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.file("file", "content\n");
            Path launcher = who.launcher(
                    workshop,
                    "rootfs: ./rootfs\nmounts: [\"./file:/a/b/file\", {type: dir, target: /c/d, mode: \"1777\"}]\n",
                    "cat /a/b/file");
            assertThat(workshop.run("sh", "-c", "umask 077; exec " + launcher))
                    .isEqualTo(new Running.Result(0, "content\n", ""));
            assertThat(mode(root.resolve("a"))).isEqualTo("rwxr-xr-x");
            assertThat(mode(root.resolve("a/b"))).isEqualTo("rwxr-xr-x");
            assertThat(root.resolve("a/b/file")).isEmptyFile();
            assertThat(mode(root.resolve("a/b/file"))).isEqualTo("rw-r--r--");
            assertThat(mode(root.resolve("c"))).isEqualTo("rwxr-xr-x");
            assertThat((Integer) Files.getAttribute(root.resolve("c/d"), "unix:mode") & 07777)
                    .isEqualTo(01777);
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @ParameterizedTest
    @EnumSource
    void theUmaskIsTheCallersAgain(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            BusyboxRoot.in(workshop, "rootfs");
            Path launcher = who.launcher(workshop, "rootfs: ./rootfs\ntmpfs: [/x/y]\n", "umask");
            assertThat(workshop.run("sh", "-c", "umask 027; exec " + launcher))
                    .isEqualTo(new Running.Result(0, "0027\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyRootTakesTheSpecsMountsButNoChanges(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.newFolder("data");
            assertThat(who.run(
                            workshop,
                            "rootfs: ./rootfs\nread_only: true\ntmpfs: [/new/tmp]\nmounts:\n  - ./data:/new/data\n"
                                    + "  - {type: symlink, target: /new/link, to: data}\n",
                            "touch /x; touch /new/x; touch /new/tmp/x /new/link/x && ls /new/tmp"))
                    .isEqualTo(new Running.Result(
                            0, "x\n", "touch: /x: Read-only file system\ntouch: /new/x: Read-only file system\n"));
            assertThat(workshop.folder().resolve("data/x")).exists();
            assertThat(root.resolve("x")).doesNotExist();
        }
    }

    /** A remount of the root alone would leave what is mounted below it writable. */
    @Test
    void readOnlyReachesTheMountsThatCameWithTheRoot() throws IOException {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            Files.createDirectory(root.resolve("below"));
            for (SandboxedAs who : List.of(SandboxedAs.ROOT, SandboxedAs.ROOT_MAPPED)) {
                Path launcher = who.launcher(
                        workshop, "rootfs: ./rootfs\nread_only: true\ntmpfs: [/t]\n", "touch /below/x; touch /t/x");
                assertThat(workshop.run(
                                "unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs rootfs/below && exec " + launcher))
                        .isEqualTo(new Running.Result(0, "", "touch: /below/x: Read-only file system\n"));
            }
        }
    }

    /** What was read-only before must not become writable while targets are made. */
    @Test
    void aRootThatWasReadOnlyStaysSo() throws IOException {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            Path launcher =
                    SandboxedAs.ROOT.launcher(workshop, "rootfs: ./rootfs\nread_only: true\ntmpfs: [/new]\n", "true");
            Running.Result result = workshop.run(
                    "unshare",
                    "-m",
                    "sh",
                    "-c",
                    "mount --bind rootfs rootfs && mount -o remount,bind,ro rootfs && exec " + launcher);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).contains("mount a new tmpfs on /new: EROFS (Read-only file system)\n");
            assertThat(root.resolve("new")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCallersOwnRootCanBeReadOnly(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            assertThat(who.run(
                            workshop,
                            "read_only: true\ntmpfs: [/mnt]\n",
                            "touch " + workshop.folder() + "/x 2>/dev/null || echo refused; touch /mnt/x && echo done"))
                    .isEqualTo(new Running.Result(0, "refused\ndone\n", ""));
            assertThat(workshop.folder().resolve("x")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRootfsThatIsTheCallersOwnRootTakesNoNewFolders(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Files.createSymbolicLink(workshop.folder().resolve("link"), Path.of("/"));
            for (String name : List.of("/", "./link")) {
                String missing = workshop.folder() + "/missing";
                Running.Result result =
                        who.run(workshop, "rootfs: " + name + "\ntmpfs: [" + missing + "]\n", "echo unexpected");
                assertThat(result.status()).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                assertThat(result.err()).contains("mount a new tmpfs on " + missing + ": EROFS");
                assertThat(Path.of(missing)).doesNotExist();
            }
            assertThat(who.run(
                            workshop,
                            "rootfs: /\ntmpfs: [/mnt]\nmounts: [{type: dir, target: /mnt/a}]\n",
                            "ls /mnt; ls -d " + workshop.folder()))
                    .isEqualTo(new Running.Result(0, "a\n" + workshop.folder() + "\n", ""));
        }
    }

    @Test
    void whatCoversTheCallersRootGoesWithIt() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            BusyboxRoot.in(workshop, "rootfs");
            Path launcher = SandboxedAs.ROOT.launcher(workshop, "rootfs: ./rootfs\nmount_proc: true\n", PLACES);
            assertThat(workshop.run(
                            "unshare",
                            "-m",
                            "sh",
                            "-c",
                            "mount -t tmpfs tmpfs / && mount -t tmpfs tmpfs / && exec " + launcher))
                    .isEqualTo(new Running.Result(0, "/\n/proc\n", ""));
        }
    }

    @ParameterizedTest
    @CsvSource({"private, -", "slave, -", "shared, shared", "unbindable, unbindable"})
    void propagationIsThatOfTheNewRoot(String propagation, String shown) {
        for (SandboxedAs who : SandboxedAs.values()) {
            try (Workshop workshop = who.open()) {
                BusyboxRoot.in(workshop, "rootfs");
                workshop.newFolder("data");
                Running.Result result = who.run(
                        workshop,
                        "rootfs: ./rootfs\nmount_proc: true\nmounts: [\"./data:/data\"]\npropagation: " + propagation
                                + "\n",
                        "cut -d' ' -f5,7 /proc/self/mountinfo | sort");
                assertThat(result.err()).isEmpty();
                assertThat(result.out().replaceAll("(shared):\\d+", "$1"))
                        .as("%s", who)
                        .isEqualTo("/ " + shown + "\n/data " + shown + "\n/proc " + shown + "\n");
            }
        }
    }

    @Test
    void aMissingRootfsIsNamed() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Running.Result result = SandboxedAs.USER.run(workshop, "rootfs: ./nowhere\n", "true");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .contains(" refused: open " + workshop.folder()
                            + "/nowhere as the new root: ENOENT (No such file or directory)\n")
                    .contains("--> box.yaml:3:1\n")
                    .contains("help: there is no such folder on the caller's side: make it, or correct `rootfs`");
        }
    }

    @Test
    void aRootfsThatIsAFileIsRefused() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            workshop.file("file", "");
            Running.Result result = SandboxedAs.USER.run(workshop, "rootfs: ./file\n", "true");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).contains(" refused: mount the new root over /: EINVAL (Invalid argument)\n");
        }
    }

    /** The home is the caller's when the spec is compiled; another caller's image is another one. */
    @Test
    void aPathOfTheHomeFollowsTheHome() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            workshop.newFolder("one");
            workshop.newFolder("two");
            workshop.file("one/f", "one\n");
            workshop.file("two/f", "two\n");
            workshop.file(
                    "home.yaml",
                    "namespaces: [user, mount]\nuid_map: root\ntmpfs: [/mnt]\nmounts: [\"~/f:/mnt/f\"]\n"
                            + "command: [cat, /mnt/f]\n");
            for (String home : List.of("one", "one", "two", "one")) {
                assertThat(workshop.start(
                                        java.util.Map.of("HOME", workshop.folder() + "/" + home),
                                        workshop.nsbox(),
                                        "up",
                                        "home.yaml")
                                .finish())
                        .isEqualTo(new Running.Result(0, home + "\n", ""));
            }
        }
    }

    /** As with the user namespaces of container engines: root's own id is none of the sandbox's. */
    @Test
    void whatIsMadeUnderRangesThatLeaveTheCallerOutBelongsToRootInside() throws IOException {
        Identity.ROOT.require();
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            Files.setAttribute(root, "unix:uid", 100_000);
            Files.setAttribute(root, "unix:gid", 200_000);
            workshop.newFolder("data");
            Path launcher = workshop.launcher("box", """
                    namespaces: [user, mount, pid]
                    uid_map: [{inside: 0, outside: 100000, count: 1001}]
                    gid_map: [{inside: 0, outside: 200000, count: 1001}]
                    user: "1000:1000"
                    rootfs: ./rootfs
                    mount_proc: true
                    tmpfs: [/tmp]
                    mounts:
                      - ./data:/data
                      - {type: file, target: /etc/name, content: "box\\n"}
                      - {type: overlay, target: /over, lower: [./rootfs]}
                      - {type: dir, target: /tmp/made}
                    command: [sh, -c, "id -u; cat /etc/name; touch /tmp/mine /no 2>&1; stat -c '%u %g %n' /dev /tmp/made /tmp/mine /etc/name /data"]
                    """);

            assertThat(workshop.run(launcher))
                    .isEqualTo(new Running.Result(
                            0,
                            "1000\nbox\ntouch: /no: Permission denied\n0 0 /dev\n0 0 /tmp/made\n1000 1000 /tmp/mine\n"
                                    + "0 0 /etc/name\n65534 65534 /data\n",
                            ""));
            assertThat(Files.getAttribute(root.resolve("etc"), "unix:uid")).isEqualTo(100_000);
            assertThat(Files.getAttribute(root.resolve("etc"), "unix:gid")).isEqualTo(200_000);
        }
    }
}
