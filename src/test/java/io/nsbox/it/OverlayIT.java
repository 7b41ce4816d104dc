package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Overlays: what is written goes where the spec says, and the layers below stay as they were. */
class OverlayIT {
    @ParameterizedTest
    @EnumSource
    void whatIsWrittenToADiscardedOverlayOfTheRootIsGone(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.file("rootfs/kept", "lower\n");
            Set<String> before = names(root);
            for (int i = 0; i < 2; i++) {
                assertThat(who.run(
                                workshop,
                                "rootfs: {path: ./rootfs, overlay: tmpfs}\nmount_proc: true\ntmpfs: [/made/by/nsbox]\n",
                                "cat /kept; test ! -e /new; echo upper >/kept; echo x >/new; rm /bin/ps; cat /kept;"
                                        + " ls /; cut -d' ' -f5 /proc/self/mountinfo"))
                        .isEqualTo(new Running.Result(
                                0, "lower\nupper\nbin\nkept\nmade\nnew\nproc\n/\n/proc\n/made/by/nsbox\n", ""));
            }
            assertThat(names(root)).isEqualTo(before);
            assertThat(root.resolve("kept")).hasContent("lower\n");
            assertThat(root.resolve("bin/ps")).exists();
        }
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenToAKeptOverlayOfTheRootIsInItsUpperFolder(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path root = BusyboxRoot.in(workshop, "rootfs");
            workshop.newFolder("upper");
            workshop.newFolder("work");
            String keys = "rootfs: {path: ./rootfs, overlay: {upper: ./upper, work: ./work}}\n";
            assertThat(who.run(workshop, keys, "echo first >/new")).isEqualTo(new Running.Result(0, "", ""));
            assertThat(who.run(workshop, keys, "cat /new")).isEqualTo(new Running.Result(0, "first\n", ""));
            assertThat(workshop.folder().resolve("upper/new")).hasContent("first\n");
            assertThat(root.resolve("new")).doesNotExist();
            workshop.run("chmod", "-R", "u+rwx", "work");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFirstLowerFolderIsOnTop(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            for (String folder : new String[] {"one", "two"}) {
                workshop.newFolder(folder);
                workshop.file(folder + "/f", folder + "\n");
                workshop.file(folder + "/of-" + folder, "");
            }
            assertThat(who.run(
                            workshop,
                            "tmpfs: [/mnt]\nmounts: [{type: overlay, target: /mnt/o, lower: [./one, ./two]}]\n",
                            "cd /mnt/o; cat f; ls; echo x >f; echo x >new"))
                    .isEqualTo(new Running.Result(0, "one\nf\nof-one\nof-two\n", ""));
            assertThat(workshop.folder().resolve("one/f")).hasContent("one\n");
            assertThat(workshop.folder().resolve("one/new")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource
    void pathsWithTheLettersOfItsOptionsAreTakenAsTheyAre(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("a:b,c\\d");
            workshop.newFolder("up:p,e\\r");
            workshop.newFolder("w,o");
            workshop.file("a:b,c\\d/f", "odd\n");
            workshop.newFolder("plain");
            assertThat(who.run(
                            workshop,
                            "tmpfs: [/mnt]\nmounts:\n  - {type: overlay, target: /mnt/o, lower: ['./a:b,c\\d', ./plain],"
                                    + " upper: './up:p,e\\r', work: './w,o'}\n",
                            "cat /mnt/o/f; echo x >/mnt/o/new"))
                    .isEqualTo(new Running.Result(0, "odd\n", ""));
            assertThat(workshop.folder().resolve("up:p,e\\r/new")).hasContent("x\n");
            workshop.run("chmod", "-R", "u+rwx", "w,o");
        }
    }

    /** Longer than fsconfig(2) takes. */
    @ParameterizedTest
    @EnumSource
    void longPathsFit(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            StringBuilder layers = new StringBuilder();
            for (int i = 0; i < 3; i++) {
                String folder = i + "l".repeat(200);
                workshop.newFolder(folder);
                workshop.newFolder(folder + "/" + folder);
                workshop.file(folder + "/" + folder + "/" + i, "");
                layers.append(i == 0 ? "" : ", ")
                        .append("./")
                        .append(folder)
                        .append("/")
                        .append(folder);
            }
            assertThat(who.run(
                            workshop,
                            "tmpfs: [/mnt]\nmounts: [{type: overlay, target: /mnt/o, lower: [" + layers + "]}]\n",
                            "ls /mnt/o"))
                    .isEqualTo(new Running.Result(0, "0\n1\n2\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void itLooksLikeItsTopmostFolder(SandboxedAs who) throws IOException {
        try (Workshop workshop = who.open()) {
            Path lower = workshop.newFolder("lower");
            Files.setAttribute(lower, "unix:mode", 01733);
            assertThat(who.run(
                                    workshop,
                                    "tmpfs: [/mnt]\nmounts: [{type: overlay, target: /mnt/o, lower: ./lower, noexec: true}]\n",
                                    "stat -c '%a %u' /mnt/o ./lower; grep -o '/mnt/o [^ ]*' /proc/self/mountinfo")
                            .out())
                    .matches("(1733 \\d+)\n\\1\n/mnt/o rw,nosuid,nodev,noexec,relatime\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyOverlayCannotBeWritten(SandboxedAs who) {
        try (Workshop workshop = who.open()) {
            workshop.newFolder("lower");
            assertThat(who.run(
                                    workshop,
                                    "tmpfs: [/mnt]\nmounts:\n"
                                            + "  - {type: overlay, target: /mnt/o, lower: ./lower, read_only: true}\n",
                                    "touch /mnt/o/x")
                            .err())
                    .endsWith("Read-only file system\n");
        }
    }

    @Test
    void rootMayOverlayItsRoot() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            String name = "nsbox-overlay-" + workshop.mark();
            assertThat(SandboxedAs.ROOT.run(
                            workshop,
                            "rootfs: {path: /, overlay: tmpfs}\n",
                            "echo x >/etc/" + name + "; ls /etc/" + name))
                    .isEqualTo(new Running.Result(0, "/etc/" + name + "\n", ""));
            assertThat(Path.of("/etc", name)).doesNotExist();
        }
    }

    @Test
    void withoutPrivilegeTheRootCannotBeOverlaidAndTheMessageOffersAWayOut() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Running.Result result =
                    SandboxedAs.USER.run(workshop, "rootfs: {path: /, overlay: tmpfs}\n", "echo unexpected");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .contains(" refused: overlay / as the new root: EINVAL (Invalid argument)\n")
                    .contains("--> box.yaml:3:1\n")
                    .contains("help: without privilege no layer may have mounts below it, as / has: overlay the folders"
                            + " that matter, as /usr");
            assertThat(SandboxedAs.USER.run(
                            workshop,
                            "mounts: [{type: overlay, target: /usr, lower: /usr}]\n",
                            "echo x >/usr/nsbox-new; cat /usr/nsbox-new"))
                    .isEqualTo(new Running.Result(0, "x\n", ""));
        }
    }
}
