package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.Running.Result;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands that are run in a sandbox with limits of control groups: they are under these limits from their first instruction.
 *
 * <p>As a user to whom groups of version 1 are given; those of version 2 are tried in a virtual machine.
 */
class ExecInGroupsIT {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final List<String> CONTROLLERS = List.of("memory", "pids");
    private static final String HEAD =
            "namespaces: [user, mount, pid, cgroup]\nuid_map: root\nmount_proc: true\nstop_grace_period: 0s\n";
    private static final String SLEEP = "command: [sleep, '300']\n";
    private static final String BARE = "namespaces: []\nstop_grace_period: 0s\n";

    private final String given = "given-" + UUID.randomUUID().toString().substring(0, 8);

    private Named named;

    private Named open(Identity identity) {
        Requirements.requireRoot();
        for (String controller : CONTROLLERS) {
            Requirements.require(
                    Files.exists(GROUPS.resolve(controller + "/cgroup.procs")),
                    "there is no control group of version 1 with the controller " + controller);
        }
        named = Named.open(identity, identity == Identity.ROOT ? List.of() : inGivenGroups(identity));
        return named;
    }

    /** Goes into groups that belong to the user before it becomes that user. */
    private List<String> inGivenGroups(Identity identity) {
        StringBuilder join = new StringBuilder();
        try {
            for (String controller : CONTROLLERS) {
                Path group = Files.createDirectory(GROUPS.resolve(controller + "/" + given));
                for (Path file : List.of(group, group.resolve("cgroup.procs"), group.resolve("tasks"))) {
                    Files.setAttribute(file, "unix:uid", identity.id());
                }
                join.append("echo $$ >").append(group).append("/cgroup.procs; ");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> words = new ArrayList<>(List.of("sh", "-c", join + "exec \"$@\"", "sh"));
        words.addAll(identity.prefix());
        return words;
    }

    /** Every control group of this sandbox's that is there. */
    private List<Path> groups() {
        try (Stream<Path> all = Files.walk(GROUPS)) {
            return all.filter(Files::isDirectory)
                    .filter(folder -> folder.getFileName().toString().startsWith("nsbox-" + named.name() + "-"))
                    .toList();
        } catch (UncheckedIOException e) {
            // A group came or went meanwhile.
            return groups();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the kernel says of a process's groups of these controllers. */
    private static List<String> groupsOf(long pid) {
        return lines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .filter(line -> line.matches("[0-9]+:(.*,)?(memory|cpu|cpuset|pids)(,.*)?:.*"))
                .toList();
    }

    @AfterEach
    void noGroupIsLeft() throws IOException {
        if (named != null) {
            named.close();
            assertThat(groups()).isEmpty();
            for (String controller : CONTROLLERS) {
                Path group = GROUPS.resolve(controller + "/" + given);
                // Who has just ended is in its group for a moment longer.
                Running.awaitThat(
                        "nobody is in the group that was given",
                        () -> !Files.exists(group)
                                || lines(group.resolve("cgroup.procs")).isEmpty());
                Files.deleteIfExists(group);
            }
        }
    }

    static Stream<Arguments> everyone() {
        return Stream.of(Identity.values())
                .flatMap(identity -> Stream.of(HEAD, BARE).map(head -> Arguments.of(identity, head)));
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void itIsInEveryGroupThatTheSandboxIsIn(Identity identity, String head) {
        String more = identity == Identity.ROOT ? "cpus: 0.5\ncpuset: 0\n" : "";
        open(identity).up(head + more + "mem_limit: 64m\npids_limit: 20\n" + SLEEP);
        long first = named.told("pid");
        Running entered = named.start(named.execution("sh", "-c", "cat /proc/self/cgroup; exec sleep 301"));
        entered.says("pids:");
        long command = Running.childOf(entered.pid());
        assertThat(groupsOf(command))
                .isEqualTo(groupsOf(first))
                .filteredOn(line -> line.contains("/nsbox-" + named.name() + "-" + named.told("launcher_pid")))
                .hasSize(identity == Identity.ROOT ? 4 : 2);
        if (head.equals(HEAD)) {
            assertThat(entered.out().lines().filter(line -> line.matches("[0-9]+:(memory|pids):.*")))
                    .allMatch(line -> line.endsWith(":/"))
                    .hasSize(2);
        }
        // All that is in the groups ends with the sandbox.
        assertThat(named.nsbox("kill", named.name()).status()).isZero();
        assertThat(entered.finish().status()).isEqualTo(137);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aMemoryHogIsEndedByTheSandboxsLimit(Identity identity) {
        open(identity).up(HEAD + "mem_limit: 32m\n" + SLEEP);
        assertThat(named.exec("tail", "/dev/zero").status()).isEqualTo(137);
        assertThat(named.exec("echo", "still here")).isEqualTo(new Result(0, "still here\n", ""));
        Path group = groups().get(0);
        assertThat(lines(group.resolve("memory.oom_control"))).contains("oom_kill 1");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void itsProcessesCount(Identity identity) {
        open(identity).up(HEAD + "pids_limit: 6\n" + SLEEP);
        Result bomb = named.exec("sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 300 & done");
        assertThat(bomb.err()).contains("Cannot fork");
        Path group = groups().get(0);
        assertThat(lines(group.resolve("pids.events")))
                .noneMatch("max 0"::equals)
                .hasSize(1);
        assertThat(Integer.parseInt(lines(group.resolve("pids.current")).get(0)))
                .isLessThanOrEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSandboxWithoutRoomForTheCommandIsNotEntered(Identity identity) {
        open(identity).up(HEAD + "pids_limit: 2\ncommand: [sh, -c, 'sleep 300 & exec sleep 301']\n");
        assertThat(named.exec("touch", named.workshop().folder().resolve("entered")))
                .isEqualTo(
                        new Result(
                                125,
                                "",
                                "nsbox: error: step 10 of 20 refused: start the sandbox's first process: EAGAIN (Resource temporarily unavailable)\n"
                                        + "  = note: the call was clone3({flags=CLONE_NEW..., ...})\n"
                                        + "  = help: the caller's limit of processes (ulimit -u) or the pids limit of its cgroup is reached\n"));
        assertThat(named.workshop().folder().resolve("entered")).doesNotExist();
    }

    @Test
    void aSandboxThatWasTakenOutOfItsGroupIsNotEntered() {
        open(Identity.ROOT).up(HEAD + "mem_limit: 64m\npids_limit: 20\n" + SLEEP);
        write(GROUPS.resolve("pids/cgroup.procs"), Long.toString(named.told("pid")));
        Result refused = named.exec("touch", named.workshop().folder().resolve("entered"));
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err())
                .startsWith(
                        "nsbox: error: step 8 of 20 refused: join the control groups of the sandbox: ENOENT (No such file or directory)\n")
                .endsWith(
                        "   = help: somebody has taken the sandbox out of the control group that limits it: stop it, and start it again\n");
        assertThat(named.workshop().folder().resolve("entered")).doesNotExist();
    }

    /** As a sandbox does that has control groups in sight and makes some of its own. */
    @Test
    void aGroupThatWasMadeInTheSandboxsIsFollowed() throws IOException {
        open(Identity.ROOT).up(HEAD + "pids_limit: 20\n" + SLEEP);
        Path inner = Files.createDirectory(groups().get(0).resolve("inner"));
        write(inner.resolve("cgroup.procs"), Long.toString(named.told("pid")));
        write(inner.resolve("pids.max"), "1");
        assertThat(named.exec("true").err()).contains("EAGAIN");
        write(inner.resolve("pids.max"), "9");
        assertThat(named.exec("grep", ":pids:", "/proc/self/cgroup").out()).endsWith(":pids:/inner\n");
    }
}
