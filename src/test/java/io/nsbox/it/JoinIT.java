package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Joining namespaces of a process that lives; unshare(1) makes them. */
class JoinIT {
    /** A process in new namespaces, which says its pid outside. */
    private static Running owner(Workshop workshop, String options) {
        Requirements.requireProgram("unshare");
        String sh = "echo ready; exec sleep 300";
        return workshop.start("sh", "-c", "exec unshare " + options + " sh -c '" + sh + "'")
                .says("ready");
    }

    private static String links(long pid, String... names) {
        StringBuilder links = new StringBuilder();
        for (String name : names) {
            try {
                links.append(java.nio.file.Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + name)))
                        .append('\n');
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return links.toString();
    }

    @Test
    void rootJoinsNamespacesByPathAndMakesOthersNew() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Running owner = owner(workshop, "-n -i -u");
            String proc = "/proc/" + owner.pid() + "/ns/";
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, pid, {network: " + proc + "net}, {ipc: " + proc + "ipc}, {uts: " + proc
                            + "uts}]\n"
                            + "uid_map: root\ncommand: [sh, -c, \"cd /proc/self/ns; readlink net ipc uts; echo $$; id -u\"]\n");
            assertThat(workshop.run(launcher))
                    .isEqualTo(new Running.Result(0, links(owner.pid(), "net", "ipc", "uts") + "1\n0\n", ""));
            owner.signal("KILL").finish();
        }
    }

    @Test
    void aJoinedPidNamespaceHoldsTheCommandAsOneOfItsProcesses() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Running owner = owner(workshop, "-p -f");
            long inside = Running.childOf(owner.pid());
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [{pid: /proc/" + inside + "/ns/pid}, mount]\nmount_proc: true\n"
                            + "command: [sh, -c, \"readlink /proc/self/ns/pid; test $$ -gt 1; ls -d /proc/1; exit 5\"]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(5, links(inside, "pid") + "/proc/1\n", ""));
            owner.signal("KILL").finish();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aJoinedUserNamespaceGivesTheRightOverItsOthers(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Running owner = owner(workshop, "-U -r -n -m -u");
            String proc = "/proc/" + owner.pid() + "/ns/";
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [{user: " + proc + "user}, {network: " + proc + "net}, {mount: " + proc
                            + "mnt}, uts]\n"
                            + "hostname: joined\nuser: 0:0\n"
                            + "command: [sh, -c, \"pwd; cd /proc/self/ns; readlink user net mnt; hostname; id -u\"]\n");
            Running.Result result = workshop.run(launcher);
            assertThat(result)
                    .isEqualTo(new Running.Result(
                            0, "/\n" + links(owner.pid(), "user", "net", "mnt") + "joined\n0\n", ""));
            owner.signal("KILL").finish();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatIsNoNamespaceOrAnotherKindIsRefusedWithItsLine(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            refused(workshop, "/proc/self/ns/uts", "EINVAL (Invalid argument)", "of another kind than 'network'");
            refused(workshop, "/etc/passwd", "ENOTTY (Inappropriate ioctl for device)", "this file is no namespace");
            refused(workshop, "/not/there", "ENOENT (No such file or directory)", "the namespace must exist");
        }
    }

    private static void refused(Workshop workshop, String path, String errno, String help) {
        Path launcher = workshop.launcher("box", "namespaces:\n  - uts\n  - network: " + path + "\ncommand: [id]\n");
        Running.Result result = workshop.run(launcher);
        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err())
                .contains("refused: open the network namespace " + path + ": " + errno + "\n")
                .contains("box.yaml:3:5\n")
                .contains(help);
    }

    @Test
    void aNamespaceThatTheCallerHasNoRightOverIsRefused() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher("box", "namespaces: [{network: /proc/self/ns/net}]\ncommand: [id]\n");
            Running.Result result = workshop.run(launcher);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .contains("refused: join the network namespace: EPERM (Operation not permitted)\n")
                    .contains("box.yaml:1:15\n");
        }
    }

    @Test
    void aRelativePathBeginsAtTheSpecsFolder() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.run("ln", "-s", "/proc/self/ns/uts", "here");
            Path launcher = workshop.launcher("box", "namespaces: [{uts: here}]\ncommand: [\"true\"]\n");
            assertThat(workshop.run("sh", "-c", "cd / && exec " + launcher)).isEqualTo(new Running.Result(0, "", ""));
        }
    }
}
