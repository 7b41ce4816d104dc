package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Root file systems that were made to lead a mount, or a folder that is made for one, out of them.
 *
 * <p>Escapes of other runtimes: CVE-2021-30465, CVE-2024-45310 (mount targets), CVE-2019-16884, CVE-2019-19921 (a /proc
 * that is a link).
 */
class HostileRootIT {
    /** Starts against the racer, for each kind of caller. */
    private static final int RACES = 1000;

    private static void link(Path link, String to) throws IOException {
        Files.createSymbolicLink(link, Path.of(to));
    }

    @ParameterizedTest
    @EnumSource
    void linksToTheHostLeadToTheSamePathInside(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path host = workshop.newFolder("host");
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.newFolder("data");
            workshop.file("data/f", "inside\n");
            link(root.resolve("absolute"), host.toString());
            link(root.resolve("relative"), "../host");
            link(root.resolve("up"), "../../../../../../../../../.." + host);
            link(root.resolve("file"), host + "/resolv.conf");
            assertThat(who.run(
                            workshop,
                            "rootfs: ./rootfs\nmount_proc: true\nmounts:\n  - ./data:/absolute\n  - ./data:/relative/a\n"
                                    + "  - {type: dir, target: /up/made}\n"
                                    + "  - {type: symlink, target: /up/link, to: /}\n"
                                    + "  - {type: file, target: /file, content: written}\n",
                            "cat /absolute/f /relative/a/f; ls -d /up/made /up/link; cat /file;"
                                    + " cut -d' ' -f5 /proc/self/mountinfo | sort"))
                    .isEqualTo(new Running.Result(
                            0,
                            "inside\ninside\n/up/link\n/up/made\nwritten/\n/host/a\n/proc\n" + host + "\n" + host
                                    + "/resolv.conf\n",
                            ""));
            assertThat(host).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLinkThatLeadsNowhereIsFollowedInside(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.newFolder("rootfs/etc");
            link(root.resolve("etc/resolv.conf"), "../run/resolve/stub.conf");
            link(root.resolve("chain"), "chain2/deep");
            link(root.resolve("chain2"), "/etc/./../srv//x");
            assertThat(who.run(
                            workshop,
                            "rootfs: ./rootfs\nmounts:\n  - {type: file, target: /etc/resolv.conf, content: \"a\\n\"}\n"
                                    + "  - {type: tmpfs, target: /chain/end}\n",
                            "cat /run/resolve/stub.conf; ls -d /srv/x/deep/end; readlink /etc/resolv.conf"))
                    .isEqualTo(new Running.Result(0, "a\n/srv/x/deep/end\n../run/resolve/stub.conf\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProcThatIsALinkIsRefused(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.newFolder("rootfs/etc");
            for (String to : new String[] {"/", "etc", "/nowhere", "proc", "/etc"}) {
                Files.deleteIfExists(root.resolve("proc"));
                link(root.resolve("proc"), to);
                Running.Result result = who.run(workshop, "rootfs: ./rootfs\nmount_proc: true\n", "echo unexpected");
                assertThat(result.status()).as(to).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                assertThat(result.err())
                        .contains(" refused: mount a new proc on /proc: ELOOP (Too many levels of symbolic links)\n")
                        .contains("help: in this rootfs it is a symbolic link: it must be a folder\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSysThatIsALinkIsRefused(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path host = workshop.newFolder("host");
            link(BusyboxRoot.in(workshop, "rootfs").resolve("sys"), host.toString());
            Running.Result result =
                    who.run(workshop, "rootfs: ./rootfs\nmounts: [{type: sysfs, target: /sys}]\n", "echo unexpected");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .contains(" refused: mount a new sysfs on /sys: ELOOP (Too many levels of symbolic links)\n")
                    .contains("help: in this rootfs it is a symbolic link: it must be a folder\n");
            assertThat(host).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWorkingDirectoryThatIsALinkToTheHostIsTheSamePathInside(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path host = workshop.newFolder("host");
            Path root = BusyboxRoot.in(workshop, "rootfs");
            link(root.resolve("work"), host.toString());
            link(root.resolve("up"), "../../../../../../../../../.." + host);
            for (String folder : new String[] {"/work", "/up"}) {
                String keys = "rootfs: ./rootfs\nworking_dir: " + folder + "\n";
                Running.Result result = who.run(workshop, keys, "echo unexpected");
                assertThat(result.status()).as(folder).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                assertThat(result.err()).contains("ENOENT (No such file or directory)\n");
            }
            Files.createDirectories(Path.of(root + host.toString()));
            workshop.file("host/secret", "");
            assertThat(who.run(workshop, "rootfs: ./rootfs\nworking_dir: /work\n", "pwd -P; ls"))
                    .isEqualTo(new Running.Result(0, host + "\n", ""));
        }
    }

    /** What programs trust is not replaced, whichever way a root has a path lead there; see the case mounts-below-proc too. */
    @ParameterizedTest
    @EnumSource
    void aLinkIntoProcIsNoTarget(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.newFolder("rootfs/proc");
            workshop.newFolder("data");
            workshop.file("file", "replaced\n");
            link(root.resolve("self"), "proc/self");
            link(root.resolve("p"), "/proc");
            for (String mount : new String[] {
                "./data:/self",
                "./data:/p",
                "./data:/p/1",
                "./file:/self/status",
                "./file:/p/cpuinfo",
                "{type: tmpfs, target: /p/sys}",
                "{type: file, target: /self/attr/exec, content: x}"
            }) {
                Running.Result result = who.run(
                        workshop,
                        "rootfs: ./rootfs\nmount_proc: true\nmounts:\n  - " + mount + "\n",
                        "echo unexpected");
                assertThat(result.status()).as(mount).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                assertThat(result.err())
                        .contains(": EXDEV (Invalid cross-device link)\n")
                        .contains(
                                "help: a symbolic link leads this path into a procfs, where nothing may be mounted\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesThatOnlyShowHowTheMachineIsDoingCanBeReplaced(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            BusyboxRoot.in(workshop, "rootfs");
            workshop.file("cpuinfo", "processor : 0\n");
            assertThat(who.run(
                            workshop,
                            "rootfs: ./rootfs\nmount_proc: true\nmounts:\n  - ./cpuinfo:/proc/cpuinfo:ro\n"
                                    + "  - {type: file, target: /proc/uptime, content: \"1.00 1.00\\n\"}\n",
                            "cat /proc/cpuinfo /proc/uptime"))
                    .isEqualTo(new Running.Result(0, "processor : 0\n1.00 1.00\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatIsTheRootItselfIsRefused(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            link(root.resolve("tmp"), "/");
            link(root.resolve("tmp2"), "bin/../..");
            for (String target : new String[] {"/tmp", "/tmp2", "/tmp/tmp"}) {
                Running.Result result =
                        who.run(workshop, "rootfs: ./rootfs\ntmpfs: [" + target + "]\n", "echo unexpected");
                assertThat(result.status()).isEqualTo(125);
                assertThat(result.err())
                        .contains(" refused: mount a new tmpfs on " + target + ": EINVAL (Invalid argument)\n")
                        .contains("help: a symbolic link leads this path to the root itself\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void circlesAndThingsThatAreNoFoldersAreRefusedAtOnce(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            link(root.resolve("a"), "b");
            link(root.resolve("b"), "a");
            link(root.resolve("self"), "self/x");
            workshop.run("mkfifo", root.resolve("fifo"));
            link(root.resolve("endless"), "fifo");
            String circle = ": ELOOP (Too many levels of symbolic links)\n";
            String unlike = ": EINVAL (Invalid argument)\n";
            String noFolder = ": ENOTDIR (Not a directory)\n";
            for (String[] each : new String[][] {
                {"/a", circle},
                {"/b/c/d", circle},
                {"/self", circle},
                {"/fifo", unlike},
                {"/endless", unlike},
                {"/fifo/x", noFolder},
                {"/bin/busybox/x", noFolder},
            }) {
                Running.Result result =
                        who.run(workshop, "rootfs: ./rootfs\ntmpfs: [" + each[0] + "]\n", "echo unexpected");
                assertThat(result.status()).as(each[0]).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                assertThat(result.err()).contains(" refused: mount a new tmpfs on " + each[0] + each[1]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileMayCoverAFifo(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.run("mkfifo", root.resolve("fifo"));
            assertThat(who.run(
                            workshop,
                            "rootfs: ./rootfs\nmounts: [{type: file, target: /fifo, content: \"covered\\n\"}]\n",
                            "cat /fifo"))
                    .isEqualTo(new Running.Result(0, "covered\n", ""));
        }
    }

    /** Somebody exchanges a folder for a link to the host all the time; whoever wins, nothing happens on the host. */
    @ParameterizedTest
    @EnumSource
    void aRacerGainsNothing(SandboxedAs who) throws IOException {
        Requirements.requireProgram("perl");
        try (Workshop workshop = who.open()) {
            Path host = workshop.newFolder("host");
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.newFolder("rootfs/vol");
            workshop.newFolder("rootfs/vol/a");
            link(workshop.folder().resolve("link"), host.toString());
            workshop.newFolder("data");
            Path launcher = who.launcher(
                    workshop,
                    "rootfs: ./rootfs\nmounts: [\"./data:/vol/a\", {type: dir, target: /vol/b/c},"
                            + " {type: file, target: /vol/d, content: x}]\n",
                    "true");
            // renameat2(2) with RENAME_EXCHANGE.
            int exchange = Workshop.arch() == Arch.X86_64 ? 316 : 276;
            Running racer = workshop.start(
                    "perl",
                    "-e",
                    "my ($a, $b) = @ARGV; $| = 1; print \"racing\\n\";" + " for (;;) { syscall(" + exchange
                            + ", -100, $a, -100, $b, 2) == 0 or die \"$!\" }",
                    root.resolve("vol"),
                    workshop.folder().resolve("link"));
            racer.says("racing");
            // Whatever was made there would stay, so it is enough to look at the end.
            workshop.file(
                    "starts",
                    "i=0; while [ $i -lt " + RACES
                            + " ]; do \"$1\" 2>said; case $? in 0|125) ;; *) cat said; exit 1;; esac;"
                            + " i=$((i + 1)); done; echo $i\n");
            assertThat(workshop.run("sh", "starts", launcher)).isEqualTo(new Running.Result(0, RACES + "\n", ""));
            assertThat(host).isEmptyDirectory();
            assertThat(racer.isAlive()).isTrue();
            racer.signal("KILL").finish();
        }
    }
}
