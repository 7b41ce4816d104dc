package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each type of mount with its options, under the caller's root and under one of the sandbox's own. */
class MountsIT {
    @ParameterizedTest
    @EnumSource
    void aBindShowsTheCallersFilesWithoutTheirPowers(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("data");
            workshop.file("data/f", "here\n");
            assertThat(
                            who.run(
                                    workshop,
                                    "tmpfs: [/mnt]\nmounts:\n  - ./data:/mnt/a\n  - ./data:/mnt/b:ro\n"
                                            + "  - {type: bind, source: ./data, target: /mnt/c, suid: true, dev: true, noexec: true}\n",
                                    "cat /mnt/a/f; grep -o '/mnt/. [^ ]*' /proc/self/mountinfo; touch /mnt/b/x; touch /mnt/a/x"))
                    .isEqualTo(new Running.Result(
                            0,
                            "here\n/mnt/a rw,nosuid,nodev,relatime\n/mnt/b ro,nosuid,nodev,relatime\n"
                                    + "/mnt/c rw,noexec,relatime\n",
                            "touch: cannot touch '/mnt/b/x': Read-only file system\n"));
            assertThat(workshop.folder().resolve("data/x")).exists();
        }
    }

    /** Two hundred take more than the 64 KiB that a launcher's steps usually have. */
    @ParameterizedTest
    @EnumSource
    void hundredsOfMountsAreMade(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("data");
            workshop.file("data/f", "here\n");
            StringBuilder mounts = new StringBuilder("tmpfs: [/mnt]\nmounts:\n");
            for (int i = 0; i < 150; i++) {
                mounts.append("  - {type: file, target: /mnt/")
                        .append(i)
                        .append(", content: \"")
                        .append(i)
                        .append("\\n\"}\n");
                mounts.append("  - {type: overlay, target: /mnt/over").append(i).append(", lower: [./data]}\n");
                mounts.append("  - {type: bind, source: ./none, target: /mnt/none")
                        .append(i)
                        .append(", optional: true}\n");
            }
            assertThat(
                            who.run(
                                    workshop,
                                    mounts.toString(),
                                    "grep -c ' /mnt/[o0-9]' /proc/self/mountinfo; cat /mnt/149 /mnt/over149/f; ls -d /mnt/none*"))
                    .isEqualTo(new Running.Result(
                            2, "300\n149\nhere\n", "ls: cannot access '/mnt/none*': No such file or directory\n"));
        }
    }

    @Test
    void moreMountsThanALauncherHoldsAreAnErrorAtTheirLine() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            workshop.file(
                    "box.yaml",
                    "namespaces: [user, mount]\nuid_map: root\ntmpfs: [/mnt]\nmounts:\n"
                            + "  - {type: overlay, target: /mnt, lower: [/usr]}\n".repeat(700)
                            + "command: [\"true\"]\n");
            Running.Result result = workshop.run(workshop.nsbox(), "build", "box.yaml", "-o", "box");
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .matches(
                            "(?s)box.yaml:4:1: error: this takes \\d{6} bytes of steps, and a launcher has room for 262128\n.*"
                                    + " = help: list fewer; a folder can be mounted in the place of the files in it\n1 error in box.yaml\n");
            assertThat(workshop.folder().resolve("box")).doesNotExist();
        }
    }

    /** A remount changes one mount; what is mounted below it would stay writable. */
    @Test
    void aReadOnlyBindCoversTheMountsBelowIt() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.newFolder("data");
            workshop.newFolder("data/below");
            for (SandboxedAs who : new SandboxedAs[] {SandboxedAs.ROOT, SandboxedAs.ROOT_MAPPED}) {
                Path launcher = who.launcher(
                        workshop,
                        "tmpfs: [/mnt]\nmounts: [\"./data:/mnt/d:ro\"]\n",
                        "cat /mnt/d/below/f; touch /mnt/d/below/x; grep -o '/mnt/d.* [^ ]*,relatime' /proc/self/mountinfo");
                assertThat(workshop.run(
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                "mount -t tmpfs tmpfs data/below && echo below >data/below/f && exec " + launcher))
                        .isEqualTo(new Running.Result(
                                0,
                                "below\n/mnt/d ro,nosuid,nodev,relatime\n/mnt/d/below ro,nosuid,nodev,relatime\n",
                                "touch: cannot touch '/mnt/d/below/x': Read-only file system\n"));
            }
        }
    }

    /** Flags that a mount has are locked in a user namespace; they are only ever added to. */
    @Test
    void flagsOfTheSourceStay() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.newFolder("data");
            for (SandboxedAs who : new SandboxedAs[] {SandboxedAs.ROOT, SandboxedAs.ROOT_MAPPED}) {
                Path launcher = who.launcher(
                        workshop,
                        "tmpfs: [/mnt]\nmounts:\n"
                                + "  - {type: bind, source: ./data, target: /mnt/d, suid: true, dev: true}\n"
                                + "  - {type: bind, source: ./data, target: /mnt/e, suid: true, dev: true, read_only: true}\n",
                        "grep -o '/mnt/[de] [^ ]*' /proc/self/mountinfo");
                assertThat(workshop.run(
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                "mount -t tmpfs -o nosuid,nodev,noexec,noatime tmpfs data && exec " + launcher))
                        .isEqualTo(new Running.Result(
                                0,
                                "/mnt/d rw,nosuid,nodev,noexec,noatime\n/mnt/e ro,nosuid,nodev,noexec,noatime\n",
                                ""));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMissingSourceIsRefusedUnlessItIsOptional(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.file("file", "");
            Running.Result result = who.run(workshop, "rootfs: ./rootfs\nmounts: [\"./none:/a\"]\n", "echo unexpected");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .contains(" refused: open " + workshop.folder() + "/none: ENOENT (No such file or directory)\n")
                    .contains(
                            "help: there is no such file or folder on the caller's side; a bind may be `optional: true`");
            assertThat(who.run(
                            workshop,
                            "rootfs: ./rootfs\ndev: none\nmounts:\n  - {type: bind, source: ./none, target: /a, optional: true}\n"
                                    + "  - {type: bind, source: ./file/none, target: /b, optional: true}\n"
                                    + "  - {type: bind, source: ./file, target: /c, optional: true}\n",
                            "ls /"))
                    .isEqualTo(new Running.Result(0, "bin\nc\n", ""));
            assertThat(root.resolve("a")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sourcesAreTheCallersWhateverIsMountedOverThem(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("data");
            workshop.file("data/f", "the caller's\n");
            String folder = workshop.folder().toString();
            assertThat(who.run(
                            workshop,
                            "working_dir: /\ntmpfs: [" + folder + "]\nmounts:\n  - ./data:" + folder + "/again\n"
                                    + "  - {type: overlay, target: " + folder + "/over, lower: ./data}\n",
                            "ls " + folder + "; cat " + folder + "/again/f " + folder + "/over/f"))
                    .isEqualTo(new Running.Result(0, "again\nover\nthe caller's\nthe caller's\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTmpfsHasItsSizeAndMode(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            BusyboxRoot.in(workshop, "rootfs");
            assertThat(
                            who.run(
                                    workshop,
                                    "rootfs: ./rootfs\nmount_proc: true\ntmpfs: [/a, \"/b:size=64k,mode=0700\"]\nmounts:\n"
                                            + "  - {type: tmpfs, target: /c, size: 1MiB, mode: \"0555\", read_only: true, noexec: true}\n",
                                    "stat -c '%n %a' /a /b /c; df -k /b /c | grep -v Used | cut -c1-40;"
                                            + " grep -o '/[abc] [^ ]*' /proc/self/mountinfo; mount | grep -c '^tmpfs on /a type tmpfs'"))
                    .isEqualTo(new Running.Result(
                            0,
                            "/a 1777\n/b 700\n/c 555\n"
                                    + "tmpfs                       64         0\n"
                                    + "tmpfs                     1024         0\n"
                                    + "/a rw,nosuid,nodev,relatime\n/b rw,nosuid,nodev,relatime\n"
                                    + "/c ro,nosuid,nodev,noexec,relatime\n1\n",
                            ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileHasTheSpecsContentAndTheCallersStaysAsItWas(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            byte[] before = Files.readAllBytes(Path.of("/etc/hostname"));
            workshop.newFolder("lower");
            Path launcher = who.launcher(
                    workshop,
                    "tmpfs: [/mnt]\nmounts:\n"
                            + "  - {type: file, target: /etc/hostname, content: \"line\\n\\u00e4\\n\", mode: \"0640\"}\n"
                            + "  - {type: file, target: /mnt/made, content: \"\"}\n"
                            + "  - {type: file, target: /mnt/fixed, content: fixed, read_only: true, noexec: true}\n",
                    "cat /etc/hostname; stat -c '%a %s' /etc/hostname /mnt/made; echo more >>/etc/hostname;"
                            + " wc -l </etc/hostname; echo x >/mnt/made; cat /mnt/fixed; echo x >/mnt/fixed");
            Running.Result result = workshop.run("sh", "-c", "umask 077; exec " + launcher);
            assertThat(result.out()).isEqualTo("line\n\u00e4\n640 8\n644 0\n3\nfixed");
            assertThat(result.err()).endsWith("cannot create /mnt/fixed: Read-only file system\n");
            assertThat(Files.readAllBytes(Path.of("/etc/hostname"))).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLongFileIsWhole(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            assertThat(who.run(
                            workshop,
                            "tmpfs: [/mnt]\nmounts: [{type: file, target: /mnt/f, content: \""
                                    + "0123456789".repeat(20_000) + "\"}]\n",
                            "wc -c </mnt/f"))
                    .isEqualTo(new Running.Result(0, "200000\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileMayHoldZeroBytes(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            assertThat(who.run(
                            workshop,
                            "tmpfs: [/mnt]\nmounts: [{type: file, target: /mnt/f, content: \"a\\0b\\0\"}]\n",
                            "od -An -c </mnt/f"))
                    .isEqualTo(new Running.Result(0, "   a  \\0   b  \\0\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void foldersAndLinksAreMadeOnceAndLeftAsTheyAre(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            Files.setAttribute(workshop.newFolder("rootfs/there"), "unix:mode", 0711);
            String keys = "rootfs: ./rootfs\nmounts:\n  - {type: dir, target: /there, mode: \"0700\"}\n"
                    + "  - {type: dir, target: /var/empty, mode: \"0555\"}\n"
                    + "  - {type: symlink, target: /usr/bin/python, to: ../../bin/sh}\n";
            for (int i = 0; i < 2; i++) {
                assertThat(who.run(workshop, keys, "stat -c '%n %a' /there /var /var/empty; readlink /usr/bin/python"))
                        .isEqualTo(new Running.Result(0, "/there 711\n/var 755\n/var/empty 555\n../../bin/sh\n", ""));
            }
            assertThat(Files.readSymbolicLink(root.resolve("usr/bin/python"))).isEqualTo(Path.of("../../bin/sh"));
            for (String other : new String[] {
                "{type: symlink, target: /usr/bin/python, to: ../../bin/sx}",
                "{type: symlink, target: /usr/bin/python, to: ../../bin/sh/}",
                "{type: symlink, target: /var/empty, to: ../../bin/sh}",
            }) {
                Running.Result result = who.run(workshop, "rootfs: ./rootfs\nmounts: [" + other + "]\n", "true");
                assertThat(result.status()).isEqualTo(125);
                assertThat(result.err())
                        .contains(": EEXIST (File exists)\n")
                        .contains("help: something else is there: remove it, or choose another target");
            }
            Running.Result result =
                    who.run(workshop, "rootfs: ./rootfs\nmounts: [{type: dir, target: /bin/busybox}]\n", "true");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).contains(" refused: make the folder /bin/busybox: ENOTDIR (Not a directory)\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsEverMadeInTheCallersOwnRoot(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path host = workshop.newFolder("host");
            workshop.newFolder("source");
            workshop.newFolder("bound");
            Files.createSymbolicLink(workshop.folder().resolve("bound/out"), host);
            for (String mount : new String[] {
                "\"./source:" + host + "/a/b\"",
                "{type: tmpfs, target: " + host + "/a}",
                "{type: file, target: " + host + "/f, content: x}",
                "{type: dir, target: " + host + "/d}",
                "{type: symlink, target: " + host + "/l, to: x}",
                "{type: symlink, target: " + host + "/d/l, to: x}",
                // A writable bind holds a link that leads out of it again.
                "\"./bound:/mnt\", {type: dir, target: /mnt/out/d}",
                "\"./bound:/mnt\", {type: symlink, target: /mnt/out/l, to: x}",
                "\"./bound:/mnt\", {type: tmpfs, target: /mnt/out/t}",
                // What is read-only is not for writing.
                "\"./source:/mnt:ro\", {type: dir, target: /mnt/d}",
            }) {
                Running.Result result = who.run(workshop, "mounts: [" + mount + "]\n", "echo unexpected");
                assertThat(result.status()).as(mount).isEqualTo(125);
                assertThat(result.out()).as(mount).isEmpty();
                assertThat(result.err())
                        .as(mount)
                        .contains(": EROFS (Read-only file system)\n")
                        .contains(
                                "help: it is missing, and is made only where the spec put something writable: a rootfs,"
                                        + " an overlay, a tmpfs, a writable bind\n");
                assertThat(host).as(mount).isEmptyDirectory();
                assertThat(workshop.folder().resolve("source")).isEmptyDirectory();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void targetsAreMadeInAnythingWritableOfTheSpec(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("bound");
            workshop.newFolder("lower");
            assertThat(who.run(
                            workshop,
                            "tmpfs: [/mnt]\nmounts:\n  - ./bound:/mnt/bound\n"
                                    + "  - {type: overlay, target: /mnt/over, lower: ./lower}\n"
                                    + "  - ./lower:/mnt/bound/x/y\n"
                                    + "  - {type: dir, target: /mnt/over/x/y}\n"
                                    + "  - {type: symlink, target: /mnt/bound/x/l, to: y}\n",
                            "ls -d /mnt/*/*/*"))
                    .isEqualTo(new Running.Result(0, "/mnt/bound/x/l\n/mnt/bound/x/y\n/mnt/over/x/y\n", ""));
            assertThat(workshop.folder().resolve("bound/x/y")).isEmptyDirectory();
            assertThat(workshop.folder().resolve("lower")).isEmptyDirectory();
        }
    }

    /** The mounts that a recursive bind brings along are the spec's as well. */
    @Test
    void targetsAreMadeBelowTheMountsOfABind() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.newFolder("bound");
            workshop.newFolder("bound/sub");
            Path launcher = SandboxedAs.ROOT_MAPPED.launcher(
                    workshop, "mounts: [\"./bound:/mnt\", {type: dir, target: /mnt/sub/a/b}]\n", "ls /mnt/sub/a");
            assertThat(workshop.run("unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs bound/sub && exec " + launcher))
                    .isEqualTo(new Running.Result(0, "b\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theKernelsFileSystemsAreMounted(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            BusyboxRoot.in(workshop, "rootfs");
            boolean terminals = who != SandboxedAs.USER_KEEPING_ITS_ID;
            Running.Result result = who.run(
                    workshop,
                    "rootfs: ./rootfs\ndev: none\nmounts:\n  - {type: proc, target: /proc}\n"
                            + "  - {type: sysfs, target: /sys, read_only: true}\n"
                            + "  - {type: mqueue, target: /dev/mqueue}\n"
                            + "  - {type: cgroup, target: /sys/fs/cgroup}\n"
                            + (terminals ? "  - {type: devpts, target: /dev/pts}\n" : ""),
                    "cut -d' ' -f5,6 /proc/self/mountinfo | tail -n +2; ls /sys/class/net; ls -l /dev/pts | cut -c1-10");
            assertThat(result.out())
                    .startsWith("/proc rw,nosuid,nodev,noexec,relatime\n/sys ro,nosuid,nodev,noexec,relatime\n"
                            + "/dev/mqueue rw,nosuid,nodev,noexec,relatime\n"
                            + "/sys/fs/cgroup rw,nosuid,nodev,noexec,relatime\n")
                    .contains("lo\n");
            if (terminals) {
                assertThat(result.out())
                        .contains("/dev/pts rw,nosuid,noexec,relatime\n")
                        .endsWith("\ncrw-rw-rw-\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFolderIsNotMountedOnAFile(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("folder");
            workshop.file("file", "");
            for (String mount : new String[] {"./folder:./file", "./file:./folder"}) {
                String target = workshop.folder() + mount.substring(mount.indexOf(":.") + 2);
                Running.Result result = who.run(
                        workshop,
                        "mounts: [\"" + mount.substring(0, mount.indexOf(':')) + ":" + target + "\"]\n",
                        "true");
                assertThat(result.status()).isEqualTo(125);
                assertThat(result.err())
                        .contains(": EINVAL (Invalid argument)\n")
                        .contains("help: a folder is mounted on a folder, a file on a file");
            }
        }
    }

    /** A process keeps its working directory whatever is mounted over it, and would go on seeing what the spec hides. */
    @ParameterizedTest
    @EnumSource
    void theWorkingDirectoryIsTheOneThatThePathLeadsToInside(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("data");
            workshop.file("data/shown", "");
            workshop.file("hidden", "");
            String folder = workshop.folder().toString();
            assertThat(who.run(workshop, "mounts: [\"./data:" + folder + "\"]\n", "pwd -P; ls"))
                    .isEqualTo(new Running.Result(0, folder + "\nshown\n", ""));
            Running.Result gone = who.run(workshop, "tmpfs: [" + folder.replaceFirst("/[^/]*$", "") + "]\n", "ls");
            assertThat(gone.status()).isEqualTo(125);
            assertThat(gone.err())
                    .contains(
                            " refused: return to the caller's working directory: ENOENT (No such file or directory)\n")
                    .contains("help: this folder is not there inside the sandbox: set `working_dir` to one that is");
        }
    }

    @Test
    void aRefusalToReturnShowsTheKeyThatHidesTheCallersFolder() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            String above = workshop.folder().toString().replaceFirst("/[^/]*$", "");
            String tmpfs = "tmpfs: [" + above + "]";
            Path launcher = workshop.launcher(
                    "box", "namespaces: [user, mount]\nuid_map: root\n" + tmpfs + "\ncommand: [\"true\"]\n");
            Running.Result result = workshop.run(launcher);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .endsWith(
                            " refused: return to the caller's working directory: ENOENT (No such file or directory)\n"
                                    + "  --> box.yaml:3:1\n   |\n 3 | " + tmpfs + "\n   | ^^^^^\n"
                                    + "   = note: the call was chdir(&path)\n"
                                    + "   = help: this folder is not there inside the sandbox: set `working_dir` to one that is\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void mountsAreMadeInTheirOrder(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            for (String folder : new String[] {"one", "two"}) {
                workshop.newFolder(folder);
                workshop.file(folder + "/f", folder + "\n");
            }
            assertThat(who.run(
                            workshop,
                            "mounts: [\"./one:/mnt\", \"./two:/mnt\", {type: tmpfs, target: /opt}, \"./one:/opt/a/b\","
                                    + " \"./two/f:/opt/a/b/f\"]\n",
                            "cat /mnt/f /opt/a/b/f"))
                    .isEqualTo(new Running.Result(0, "two\ntwo\n", ""));
        }
    }

    @Test
    void withoutAnIdMapNothingCanBeMadeAndTheMessageSaysWhy() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, mount]\nmounts: [{type: file, target: /etc/hostname, content: x}]\n"
                            + "command: [\"true\"]\n");
            Running.Result result = workshop.run(launcher);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .contains(" refused: write the file for /etc/hostname: EOVERFLOW"
                            + " (Value too large for defined data type)\n")
                    .contains(
                            "help: the caller's id is not mapped inside, so it can own nothing there: map it in `uid_map`, or say `user`");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theHostsMountsAreWhatTheyWere(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            String before = Files.readString(Path.of("/proc/self/mountinfo"));
            workshop.newFolder("data");
            assertThat(who.run(
                            workshop,
                            "tmpfs: [/tmp, /mnt]\nworking_dir: /\nread_only: true\nmounts:\n"
                                    + "  - ./data:/mnt/a\n  - {type: overlay, target: /mnt/b, lower: ./data}\n"
                                    + "  - {type: file, target: /mnt/c, content: c}\n",
                            "cat /mnt/c; grep -c ' / / ' /proc/self/mountinfo"))
                    .isEqualTo(new Running.Result(0, "c1\n", ""));
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).isEqualTo(before);
        }
    }
}
