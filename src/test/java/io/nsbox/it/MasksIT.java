package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Paths that are hidden and paths that are frozen, also for root inside, and also where the root file system is hostile. */
class MasksIT {
    private static final String USER = "namespaces: [user, pid, mount]\nuid_map: root\n";

    private static Running.Result sh(Workshop workshop, String keys, String script) {
        workshop.script("inside", script + "\n");
        return workshop.run(workshop.launcher("box", keys + "command: [sh, " + workshop.folder() + "/inside]\n"));
    }

    private static Running.Result ok(String out) {
        return new Running.Result(0, out, "");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aMaskedFileReadsAsEmptyAndAMaskedFolderIsEmpty(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            for (String each : List.of("one", "two")) {
                workshop.file(each, "secret");
                workshop.newFolder("folder-" + each);
                workshop.file("folder-" + each + "/inner", "secret");
            }
            String here = workshop.folder() + "/";
            String keys = USER + "masked_paths: [" + here + "one, " + here + "folder-one, " + here + "missing, " + here
                    + "one/missing, " + here + "folder-two, " + here + "two, /proc/keys]\n";
            Running.Result result = sh(
                    workshop,
                    keys,
                    "cat one two /proc/keys; ls folder-one folder-two; echo lost >one; (: >folder-one/new) 2>/dev/null"
                            + " || echo frozen; stat -c %t:%T one two /proc/keys; stat -c %a folder-one");
            assertThat(result).isEqualTo(ok("folder-one:\n\nfolder-two:\nfrozen\n1:3\n1:3\n1:3\n555\n"));
            assertThat(Files.readString(workshop.folder().resolve("one"))).isEqualTo("secret");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aReadOnlyPathRefusesWritesOfRootInsideWithEveryMountBelowIt(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.newFolder("frozen");
            workshop.newFolder("frozen/memory");
            workshop.file("frozen/file", "old\n");
            workshop.newFolder("other");
            String here = workshop.folder().toString();
            String keys = USER + "mount_proc: true\ntmpfs: [" + here + "/frozen/memory]\nreadonly_paths: [" + here
                    + "/frozen, " + here + "/missing, /proc/sys]\n";
            Running.Result result = sh(
                    workshop,
                    keys,
                    "id -u; for f in frozen/file frozen/new frozen/memory/new /proc/sys/kernel/hostname other/new; do"
                            + " (echo x >$f) 2>/dev/null && echo wrote $f; done; cat frozen/file");
            assertThat(result).isEqualTo(ok("0\nwrote other/new\nold\n"));
        }
    }

    /** A process keeps its working directory whatever is mounted over it. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void theWorkingDirectoryIsTheFrozenOneToo(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Running.Result result = sh(
                    workshop,
                    USER + "readonly_paths: [" + workshop.folder() + "]\n",
                    "(echo x >new) 2>/dev/null || echo frozen; pwd");
            assertThat(result).isEqualTo(ok("frozen\n" + workshop.folder() + "\n"));
            Running.Result masked = workshop.run(workshop.launcher(
                    "masked", USER + "masked_paths: [" + workshop.folder() + "]\ncommand: [ls, -A]\n"));
            assertThat(masked).isEqualTo(ok(""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void linksAreFollowedAsTheCommandWouldFollowThem(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            Path outside = workshop.file("outside", "outside\n");
            workshop.file("root/etc/secret", "inside\n");
            Files.createSymbolicLink(root.path().resolve("link"), Path.of("/etc/secret"));
            Files.createSymbolicLink(root.path().resolve("out"), Path.of("../../../../.." + outside));
            Path launcher = workshop.launcher(
                    "box", USER + root.keys() + "masked_paths: [/link, /out]\ncommand: [cat, /etc/secret, /link]\n");
            assertThat(workshop.run(launcher)).isEqualTo(ok(""));
            assertThat(Files.readString(outside)).isEqualTo("outside\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aLinkBelowAProcOfTheSandboxsOwnIsRefusedWithItsPath(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            for (String key : List.of("masked_paths", "readonly_paths")) {
                Running.Result result = sh(
                        workshop, USER + "mount_proc: true\n" + key + ": [/proc/keys, /proc/self/root]\n", "echo ran");
                assertThat(result.status()).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                assertThat(result.err())
                        .contains(": ELOOP (Too many levels of symbolic links)\n")
                        .contains("box.yaml:4:1\n")
                        .contains("= note: the call was openat2(<proc>, <path>)\n")
                        .contains("= note: the path was /proc/self/root\n")
                        .contains("= help: a symbolic link is on the way, and none is followed in /proc: list the path"
                                + " itself\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void magicLinksAreRefusedEverywhere(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Running.Result result = sh(workshop, USER + "masked_paths: [/proc/self/cwd/inside]\n", "echo ran");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).contains("= note: the path was /proc/self/cwd/inside\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRootWithAProcOfItsOwnHasTheListsOfTheOciRuntimes(Identity identity) {
        Requirements.requireFile("/proc/timer_list");
        Requirements.requireFile("/proc/sys");
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            workshop.script(
                    "root/inside",
                    "stat -c '%n %F' /proc/keys /proc/timer_list; (echo 1 >/proc/sys/vm/swappiness) 2>/dev/null"
                            + " || echo frozen\n");
            String keys = USER + root.keys() + "mount_proc: true\n";
            assertThat(workshop.run(workshop.launcher("box", keys + "command: [sh, /inside]\n")))
                    .isEqualTo(ok("/proc/keys character special file\n/proc/timer_list character special file\n"
                            + "frozen\n"));
            Path open = workshop.launcher(
                    "open", keys + "masked_paths: []\nreadonly_paths: []\ncommand: [stat, -c, '%F', /proc/keys]\n");
            assertThat(workshop.run(open)).isEqualTo(ok("regular empty file\n"));
        }
    }

    /** S5, CVE-2025-31133: the root's own /dev/null is anything but that. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRootsOwnNullDeviceMasksNothing(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            Path dev = workshop.newFolder("root/dev");
            workshop.file("root/etc/secret", "secret\n");
            workshop.file("root/etc/prey", "prey\n");
            String keys = USER + root.keys() + "dev: none\nmount_proc: true\nmasked_paths: [/proc/keys, /etc/secret]\n";
            workshop.script(
                    "root/inside",
                    "cat /proc/keys /etc/secret; stat -c %t:%T /proc/keys /etc/secret; echo lost >/etc/secret; echo out\n");
            Path launcher = workshop.launcher("box", keys + "command: [sh, /inside]\n");
            Files.createSymbolicLink(dev.resolve("null"), Path.of("/etc/prey"));
            assertThat(workshop.run(launcher)).isEqualTo(ok("1:3\n1:3\nout\n"));
            Files.delete(dev.resolve("null"));
            workshop.file("root/dev/null", "prey\n");
            assertThat(workshop.run(launcher)).isEqualTo(ok("1:3\n1:3\nout\n"));
            assertThat(Files.readString(root.path().resolve("etc/prey"))).isEqualTo("prey\n");
            assertThat(Files.readString(dev.resolve("null"))).isEqualTo("prey\n");
            assertThat(Files.readString(root.path().resolve("etc/secret"))).isEqualTo("secret\n");
        }
    }

    /** S8: a /proc that leads elsewhere. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aProcThatIsALinkIsRefused(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            RootFolder root = RootFolder.in(workshop, "root");
            Files.delete(root.path().resolve("proc"));
            Files.createSymbolicLink(root.path().resolve("proc"), Path.of("etc"));
            Running.Result result = workshop.run(
                    workshop.launcher("box", USER + root.keys() + "mount_proc: true\ncommand: [echo, ran]\n"));
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .contains("/proc: ELOOP (Too many levels of symbolic links)\n")
                    .contains("= help: in this rootfs it is a symbolic link: it must be a folder\n");
        }
    }

    /** Something that a later mount put in the place of the procfs that was mounted. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void pathsBelowAProcThatIsNoLongerOneAreRefused(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Running.Result result =
                    sh(workshop, USER + "mount_proc: true\ntmpfs: [/proc]\nmasked_paths: [/proc/keys]\n", "echo ran");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .contains(": EINVAL (Invalid argument)\n")
                    .contains("= help: something else than the procfs that was mounted is at /proc now\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void masksWorkWhateverThePropagation(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("secret", "secret");
            workshop.newFolder("frozen");
            Leftovers before = Leftovers.now(workshop.folder());
            for (String propagation : List.of("private", "slave", "shared", "unbindable")) {
                Running.Result result = sh(
                        workshop,
                        USER + "propagation: " + propagation + "\nmasked_paths: [" + workshop.folder()
                                + "/secret]\nreadonly_paths: [" + workshop.folder() + "/frozen]\n",
                        "cat secret; (: >frozen/x) 2>/dev/null || echo frozen");
                assertThat(result).as(propagation).isEqualTo(ok("frozen\n"));
            }
            assertThat(Leftovers.now(workshop.folder()).mounts()).isEqualTo(before.mounts());
        }
    }

    @Test
    void rootWithoutAUserNamespaceIsHeldToThemToo() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.file("secret", "secret");
            workshop.newFolder("frozen");
            String here = workshop.folder() + "/";
            assertThat(sh(
                            workshop,
                            "namespaces: [mount]\nmasked_paths: [" + here + "secret]\nreadonly_paths: [" + here
                                    + "frozen]\n",
                            "cat secret; (: >frozen/x) 2>/dev/null || echo frozen"))
                    .isEqualTo(ok("frozen\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aThousandPathsAreNoTrouble(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            StringBuilder paths = new StringBuilder();
            for (int i = 0; i < 1000; i++) {
                workshop.file("f" + i, "secret");
                paths.append("  - ")
                        .append(workshop.folder())
                        .append("/f")
                        .append(i)
                        .append('\n');
            }
            assertThat(sh(workshop, USER + "masked_paths:\n" + paths, "cat f* | wc -c"))
                    .isEqualTo(ok("0\n"));
        }
    }
}
