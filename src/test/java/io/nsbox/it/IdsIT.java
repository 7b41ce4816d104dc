package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who the command runs as: {@code user}, {@code group_add}, {@code umask}, {@code nice}, {@code oom_score_adj}. */
class IdsIT {
    private static final String RANGES = "namespaces: [user]\nuid_map: [{inside: 0, outside: 0, count: 3000}]\n"
            + "gid_map: [{inside: 0, outside: 0, count: 3000}]\n";
    private static final String GROUPS = "command: [sh, -c, \"grep -E '^(Uid|Gid|Groups)' /proc/self/status\"]\n";

    @Test
    void theCommandIsTheUserAndHasTheGroupsThatTheSpecNamesAndNoOthers() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path launcher = workshop.launcher("box", RANGES + "user: 1000:1001\ngroup_add: [4, 2000]\n" + GROUPS);
            assertThat(withGroups(workshop, launcher).out())
                    .isEqualTo("Uid:\t1000\t1000\t1000\t1000\nGid:\t1001\t1001\t1001\t1001\nGroups:\t4 2000 \n");
        }
    }

    @Test
    void withoutAUserNamespaceRootBecomesTheUserToo() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path launcher = workshop.launcher("box", "namespaces: []\nuser: {uid: 1000}\n" + GROUPS);
            assertThat(withGroups(workshop, launcher).out())
                    .isEqualTo("Uid:\t1000\t1000\t1000\t1000\nGid:\t0\t0\t0\t0\nGroups:\t \n");
        }
    }

    @Test
    void rootDropsItsGroupsUnlessItKeepsItsIds() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path mapped = workshop.launcher("mapped", "namespaces: [user]\nuid_map: root\n" + GROUPS);
            assertThat(withGroups(workshop, mapped).out()).endsWith("Groups:\t \n");
            Path kept = workshop.launcher("kept", "namespaces: [uts]\n" + GROUPS);
            assertThat(withGroups(workshop, kept).out()).endsWith("Groups:\t4 24 \n");
            Path more = workshop.launcher("more", "namespaces: []\ngroup_add: [7]\n" + GROUPS);
            assertThat(withGroups(workshop, more).out()).endsWith("Groups:\t4 7 24 \n");
        }
    }

    private static Running.Result withGroups(Workshop workshop, Path launcher) {
        Requirements.requireProgram("setpriv");
        return workshop.run("setpriv", "--groups", "4,24", launcher);
    }

    /** S16: whoever cannot drop a group that files are closed to must not be able to do it in a sandbox. */
    @Test
    void withoutPrivilegeTheCallersGroupsStayWithoutANameAndNoneAreAdded() {
        Requirements.requireProgram("setpriv");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path stay = workshop.launcher("stay", "namespaces: [user]\nuid_map: root\n" + GROUPS);
            workshop.run("chmod", "755", stay);
            Object[] user = {"setpriv", "--reuid", "1000", "--regid", "1000", "--groups", "4,24", stay};
            assertThat(workshop.run(user).out()).endsWith("Groups:\t65534 65534 \n");
            Path added = workshop.launcher(
                    "added", "namespaces: [user]\nuid_map: root\ngroup_add: [0]\ncommand: [\"true\"]\n");
            workshop.run("chmod", "755", added);
            user[user.length - 1] = added;
            Running.Result refused = workshop.run(user);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.err())
                    .contains("refused: set the supplementary groups 0: EPERM (Operation not permitted)\n")
                    .contains("added.yaml:3:1\n")
                    .contains("= help: without privilege the kernel denies this");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theUserMayBeWhoeverTheCallerIsInside(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path root = workshop.launcher("root", "namespaces: [user]\nuid_map: root\nuser: 0:0\ncommand: [id, -u]\n");
            assertThat(workshop.run(root)).isEqualTo(new Running.Result(0, "0\n", ""));
            int id = identity.id();
            Path kept = workshop.launcher(
                    "kept", "namespaces: [user]\nuid_map: keep-id\nuser: " + id + "\ncommand: [id, -u]\n");
            assertThat(workshop.run(kept)).isEqualTo(new Running.Result(0, id + "\n", ""));
            Path same = workshop.launcher("same", "namespaces: []\nuser: '" + id + ":" + id + "'\ncommand: [id, -u]\n");
            assertThat(workshop.run(same)).isEqualTo(new Running.Result(0, id + "\n", ""));
        }
    }

    @Test
    void anIdThatTheCallerMayNotBecomeIsRefusedWithItsLine() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path unmapped = workshop.launcher(
                    "unmapped", "namespaces: [user]\nuid_map: keep-id\nuser: '77:1000'\ncommand: [id]\n");
            Running.Result refused = workshop.run(unmapped);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.err())
                    .contains("refused: become user 77, group 1000: EINVAL (Invalid argument)\n")
                    .contains("unmapped.yaml:3:1\n")
                    .contains("= help: this id is not mapped inside: list it in `uid_map` and `gid_map`");
            Path other = workshop.launcher("other", "namespaces: []\nuser: '0:0'\ncommand: [id]\n");
            assertThat(workshop.run(other).err()).contains("EPERM (Operation not permitted)\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void umaskNiceAndOomScoreAreTheCommandsAndNotTheLaunchers(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user]\nuid_map: root\numask: \"0137\"\nnice: 7\noom_score_adj: 123\n"
                            + "command: [sh, -c, \"umask; nice; cat /proc/self/oom_score_adj /proc/$PPID/oom_score_adj\"]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "0137\n7\n123\n0\n", ""));
        }
    }

    @Test
    void aPriorityThatTakesPrivilegeIsRefusedWithoutIt() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher("box", "namespaces: [user]\nuid_map: root\nnice: -1\ncommand: [id]\n");
            Running.Result refused = workshop.run(launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.err())
                    .contains("refused: set the nice value to -1: EACCES (Permission denied)\n")
                    .contains("box.yaml:3:1\n");
        }
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path launcher = workshop.launcher("box", "namespaces: [user]\nuid_map: root\nnice: -1\ncommand: [nice]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "-1\n", ""));
        }
    }

    /** A change of the user unties a process from its parent's death; the launcher ties it again. */
    @Test
    void aCommandThatIsAnotherUserStillEndsWithTheLauncher() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path launcher = workshop.launcher(
                    "box", "namespaces: []\nuser: 1000:1000\ncommand: [sh, -c, echo ready; exec sleep 300]\n");
            Running running = workshop.start(launcher).says("ready");
            long command = Running.childOf(running.pid());
            running.signal("KILL").finish();
            Running.awaitThat(
                    "the command is gone", () -> !java.nio.file.Files.exists(Path.of("/proc/" + command + "/exe")));
        }
    }

    /** S22: the command does not share the caller's session keyring. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void theSessionKeyringIsANewOne(Identity identity) {
        Requirements.requireFile("/proc/keys");
        Requirements.requireProgram("python3");
        try (Workshop workshop = Workshop.open(identity)) {
            String serial = "import ctypes;print(ctypes.CDLL(None).syscall(" + keyctl() + ",0,-3,0))";
            Path launcher = workshop.launcher("box", "namespaces: []\ncommand: [python3, -c, \"" + serial + "\"]\n");
            Running.Result both = workshop.run("sh", "-c", "python3 -c '" + serial + "'; exec " + launcher);
            assertThat(both.status()).as(both.toString()).isZero();
            assertThat(both.out().lines().distinct()).hasSize(2);
        }
    }

    private static int keyctl() {
        return io.nsbox.program.Syscall.KEYCTL.number(Workshop.arch());
    }
}
