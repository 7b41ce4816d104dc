package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits by control groups, of the version that this machine has; version 2 is tried in a virtual machine as well. */
class GroupLimitsIT {
    private static final String SPEC = "namespaces: [pid, mount, cgroup]\nmount_proc: true\nreport: ./report.json\n"
            + "timeout: 20s\nstop_grace_period: 0s\n";

    private static Report report(Workshop workshop) {
        return Report.of(workshop.folder().resolve("report.json"));
    }

    private static Workshop workshop() {
        Workshop workshop = Workshop.open(Identity.ROOT);
        Path launcher = workshop.launcher("try", "namespaces: []\npids_limit: 9\nmem_limit: 9m\ncommand: ['true']\n");
        Running.Result tried = workshop.run(launcher);
        Requirements.require(tried.status() == 0, "no control groups can be made here: " + tried.err());
        return workshop;
    }

    /** Every control group of nsbox's that is there. */
    private static List<Path> groups() {
        try (Stream<Path> all = Files.walk(Path.of("/sys/fs/cgroup"))) {
            return all.filter(Files::isDirectory)
                    .filter(folder -> folder.getFileName().toString().startsWith("nsbox-box-"))
                    .collect(Collectors.toCollection(ArrayList::new));
        } catch (UncheckedIOException e) {
            // A group came or went meanwhile.
            return groups();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void noGroupIsLeft() {
        assertThat(groups()).isEmpty();
    }

    @Test
    void theGroupsAreTheRootOfTheirNamespaceAndHaveTheirLimits() throws IOException {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box",
                    SPEC + "mem_limit: 64m\nmemswap_limit: 64m\nmem_reservation: 32m\ncpus: 0.5\ncpu_weight: 50\n"
                            + "cpuset: 0\npids_limit: 20\ncommand: [sh, -c, 'nproc; cat /proc/self/cgroup; cat']\n");
            Running.Result result = workshop.run(launcher);
            assertThat(result.err()).isEmpty();
            assertThat(result.status()).isZero();
            assertThat(result.out()).startsWith("1\n");
            assertThat(result.out()
                            .lines()
                            .filter(line -> line.matches("[0-9]+:(.*,)?(memory|cpu|cpuset|pids)(,.*)?:.*")))
                    .allMatch(line -> line.endsWith(":/"));
            Report report = report(workshop);
            assertThat(report.get("peak_memory_source").asString()).isEqualTo("cgroup");
            assertThat(report.get("pids_peak").asInt()).isBetween(1, 20);
        }
    }

    @Test
    void aMemoryHogIsEndedForWantOfMemory() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher("box", SPEC + "mem_limit: 32m\ncommand: [tail, /dev/zero]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(137);
            Report report = report(workshop);
            assertThat(report.reason()).as(report.toString()).isEqualTo("oom");
            assertThat(report.get("oom_kills").asInt()).isPositive();
            assertThat(report.get("peak_memory").asLong()).isBetween(16L << 20, 32L << 20);
        }
    }

    @Test
    void aMemoryHogThatAShellRunsIsTheReasonWhereTheShellEndsByIt() {
        try (Workshop workshop = workshop()) {
            Path launcher =
                    workshop.launcher("box", SPEC + "mem_limit: 32m\ncommand: [sh, -c, 'tail /dev/zero; exit $?']\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(137);
            Report report = report(workshop);
            assertThat(report.reason()).as(report.toString()).isEqualTo("oom");
            assertThat(report.get("exit_code").asInt()).isEqualTo(137);
            assertThat(report.get("signal").isNull()).isTrue();
            Path goesOn =
                    workshop.launcher("box", SPEC + "mem_limit: 32m\ncommand: [sh, -c, 'tail /dev/zero; exit 3']\n");
            assertThat(workshop.run(goesOn).status()).isEqualTo(3);
            assertThat(report(workshop).reason()).isEqualTo("exited");
            assertThat(report(workshop).get("oom_kills").asInt()).isPositive();
        }
    }

    /** It cannot be ended by its limit, only kept small; the time limit ends it. */
    @Test
    void aForkBombStaysSmallUntilItsTimeIsOver() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box",
                    SPEC.replace("20s", "1s") + "pids_limit: 20\nmem_limit: 128m\n"
                            + "command: [sh, -c, 'bomb() { bomb & bomb & wait; sleep 60; }; while :; do (bomb) 2>/dev/null; done']\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(124);
            Report report = report(workshop);
            assertThat(report.reason()).isEqualTo("timeout");
            assertThat(report.get("pids_peak").asInt()).isBetween(10, 20);
            assertThat(report.get("pids_refused").asInt()).isPositive();
        }
    }

    @Test
    void aSpinnerGetsItsShareAndItsTime() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box", SPEC.replace("20s", "2s") + "cpus: 0.2\ncommand: [sh, -c, 'while :; do :; done']\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(124);
            Report report = report(workshop);
            assertThat(report.reason()).isEqualTo("timeout");
            // A fifth of two seconds, and what the kernel hands out at a time.
            assertThat(report.number("user_time") + report.number("system_time"))
                    .isBetween(0.05, 0.8);
        }
    }

    @Test
    void aDiskFillerIsStoppedByTheSizeOfItsFolder() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box",
                    SPEC + "mem_limit: 64m\ntmpfs: [\"/mnt:size=8m\"]\n"
                            + "command: [sh, -c, 'dd if=/dev/zero of=/mnt/filled bs=1M 2>/mnt/err || exit 9']\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(9);
            Report report = report(workshop);
            assertThat(report.reason()).isEqualTo("exited");
            assertThat(report.get("oom_kills").asInt()).isZero();
        }
    }

    @Test
    void processesThatAreLeftInTheGroupAreEnded() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: []\npids_limit: 20\ncommand: [sh, -c, 'for i in 1 2 3; do setsid sleep 300 >/dev/null & done']\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "", ""));
            assertThat(groups()).isEmpty();
        }
    }

    @Test
    void aRefusedStepLeavesNoGroup() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box", SPEC + "pids_limit: 20\nmem_limit: 64m\nworking_dir: /nowhere\ncommand: [id]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(125);
            assertThat(report(workshop).reason()).isEqualTo("setup");
        }
    }

    @Test
    void aKilledLauncherLeavesTheGroupToItsGuard() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box", SPEC + "pids_limit: 20\nmem_limit: 64m\ncommand: [sh, -c, echo ready; exec sleep 300]\n");
            Running running = workshop.start(launcher);
            running.says("ready");
            assertThat(groups()).isNotEmpty();
            running.signal("KILL");
            Running.awaitThat("the guard has removed the groups", () -> groups().isEmpty());
        }
    }

    /** Where the guard is killed too, nobody is left to remove them. */
    @Test
    void groupsThatNobodyRemovedAreCollectedAndThoseInUseAreNot() throws IOException {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher(
                    "box", SPEC + "pids_limit: 20\nmem_limit: 64m\ncommand: [sh, -c, echo ready; exec sleep 300]\n");
            Running killed = workshop.start(launcher);
            killed.says("ready");
            List<Path> left = groups();
            Running.signal("STOP", killed.pid());
            for (long child : Running.childrenOf(killed.pid())) {
                Running.signal("KILL", child);
            }
            killed.signal("KILL");
            Running.awaitThat("nobody is in the groups", () -> left.stream().allMatch(GroupLimitsIT::isEmpty));
            Running other = workshop.start(launcher);
            other.says("ready");
            List<Path> all = groups();
            assertThat(all).hasSize(2 * left.size());
            Running.Result gc = workshop.run(workshop.nsbox(), "gc");
            assertThat(gc.err()).isEmpty();
            assertThat(gc.out().lines().filter(line -> line.contains("nsbox-box-")))
                    .containsExactlyInAnyOrderElementsOf(
                            left.stream().map(Path::toString).toList());
            all.removeAll(left);
            assertThat(groups()).containsExactlyInAnyOrderElementsOf(all);
            other.signal("TERM");
            assertThat(other.finish().status()).isEqualTo(137);
        }
    }

    private static boolean isEmpty(Path group) {
        try {
            return Files.readString(group.resolve("cgroup.procs")).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void processorsThatAreNotThereAreRefused() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher("box", SPEC + "cpuset: 0,8000\ncommand: [id]\n");
            Running.Result refused = workshop.run(launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.err())
                    .contains("refused: keep to the processors 0,8000: ")
                    .contains("box.yaml:6:1");
            assertThat(refused.err()).contains("does not have all of these processors");
        }
    }

    /** As on a machine of both versions, whose version 2 has no controllers but those that version 1 left. */
    @ParameterizedTest
    @CsvSource({"mem_limit: 64m,memory", "pids_limit: 20,pids", "cpus: 0.5,cpu", "cpuset: 0,cpuset"})
    void aControllerThatVersionTwoDoesNotHaveIsNamedWithTheLimit(String limit, String controller) {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher("box", SPEC + limit + "\ncommand: [id]\n");
            String alone = "umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup && ";
            String without = "! grep -qw " + controller + " /sys/fs/cgroup/cgroup.controllers || exit 77; ";
            Running.Result refused = workshop.run(
                    "unshare", "--mount", "--propagation", "private", "sh", "-c", alone + without + "exec " + launcher);
            Requirements.require(refused.status() != 77, "version 2 has the controller " + controller + " here");
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err())
                    .contains(" refused: make a control group with the controller " + controller
                            + ": ENOENT (No such file or directory)\n")
                    .contains("box.yaml:6:1\n")
                    .contains("\n 6 | " + limit + "\n")
                    .contains("= help: the controller " + controller + " is not given to the group above: its"
                            + " cgroup.subtree_control lacks it; systemd: Delegate=yes");
            assertThat(refused.status()).isEqualTo(125);
        }
    }

    @Test
    void inAMountNamespaceWithVersionTwoAloneACommandWithoutLimitsHasItsGroupAsRoot() {
        try (Workshop workshop = workshop()) {
            Path launcher = workshop.launcher("box", SPEC + "command: [grep, '0::', /proc/self/cgroup]\n");
            Running.Result result = workshop.run(
                    "unshare",
                    "--mount",
                    "--propagation",
                    "private",
                    "sh",
                    "-c",
                    "umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec " + launcher);
            assertThat(result).isEqualTo(new Running.Result(0, "0::/\n", ""));
        }
    }

    @Test
    void withoutDelegationTheControllerIsNamed() {
        Requirements.requireRoot();
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher("box", "namespaces: [user]\nmem_limit: 64m\ncommand: [id]\n");
            Running.Result refused = workshop.run(launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err())
                    .contains("refused: make a control group with the controller memory: EACCES (Permission denied)\n")
                    .contains("box.yaml:2:1\n")
                    .contains(
                            "= help: the controller memory is not delegated to the caller here; systemd: Delegate=yes, or systemd-run"
                                    + " --user --scope -p Delegate=yes nsbox ...; without it name a group of the caller's by"
                                    + " `cgroup_parent`, or run as root\n");
        }
    }

    @Test
    void aGroupOfSomebodyElsesThatIsNamedIsNotDelegated() throws IOException {
        Requirements.requireRoot();
        Path hierarchy = Path.of("/sys/fs/cgroup/pids");
        Requirements.require(Files.exists(hierarchy.resolve("cgroup.procs")), "there are no groups of version 1");
        Path group = Files.createDirectory(hierarchy.resolve("roots-" + UUID.randomUUID()));
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user]\npids_limit: 9\ncgroup_parent: " + group.getFileName() + "\ncommand: [id]\n");
            assertThat(workshop.run(launcher).err())
                    .contains("refused: make a control group with the controller pids: EACCES (Permission denied)\n")
                    .contains(
                            "= help: the controller pids is not delegated to the caller in `cgroup_parent`: as root, chown that"
                                    + " group and in it cgroup.procs and cgroup.subtree_control\n");
        } finally {
            Files.delete(group);
        }
    }
}
