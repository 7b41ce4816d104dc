package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.Running.Result;
import io.nsbox.testing.Identity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sandboxes that have a name: in the background, found again, entered, ended and removed. */
class NamedSandboxIT {
    private static final String HEAD =
            "namespaces: [user, mount, pid, ipc, uts, network]\nuid_map: root\nhostname: inside\n"
                    + "mount_proc: true\nstop_grace_period: 300ms\ninherit_env: [LC_*]\n";
    private static final String SLEEP = HEAD + "command: [sh, -c, 'echo ready; echo oops >&2; exec sleep 300']\n";

    /** For root these lie in the machine's own folder, so that no two tests may share one. */
    private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);

    private Workshop workshop;

    private void open(Identity identity) {
        workshop = Workshop.open(identity);
        workshop.newFolder("runtime");
    }

    private Running start(Object... words) {
        return workshop.start(
                Map.of("XDG_RUNTIME_DIR", workshop.folder().resolve("runtime").toString()), words);
    }

    private Result nsbox(Object... words) {
        List<Object> all = new ArrayList<>(List.of(workshop.nsbox()));
        all.addAll(List.of(words));
        return start(all.toArray()).finish();
    }

    private Result up(String spec, Object... words) {
        Path file = workshop.file(name + ".yaml", spec);
        List<Object> all = new ArrayList<>(List.of("up", "-d", file));
        all.addAll(List.of(words));
        return nsbox(all.toArray());
    }

    private static Result fine(String out) {
        return new Result(0, out, "");
    }

    private JsonNode described() {
        Result result = nsbox("ps", "-a", "--format", "json");
        assertThat(result.err()).isEmpty();
        for (JsonNode entry : JsonMapper.builder().build().readTree(result.out())) {
            if (entry.get("name").stringValue().equals(name)) {
                return entry;
            }
        }
        throw new AssertionError(name + " is not in " + result);
    }

    private long pid(String of) {
        return described().get(of).longValue();
    }

    @AfterEach
    void nothingIsLeft() {
        if (workshop != null) {
            try (Workshop closing = workshop) {
                assertThat(nsbox("rm", "-f", name)).isEqualTo(fine(""));
                Leftovers.assertNoProcess(closing.mark(), "the test");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void itStartsIsListedIsStoppedAndStaysUntilItIsRemoved(Identity identity) {
        open(identity);
        assertThat(
                        up(
                                HEAD
                                        + "command: [sh, -c, \"trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done\"]\n"))
                .isEqualTo(fine(name + "\n"));
        assertThat(nsbox("ps").out()).containsPattern("(?m)^" + name + " +running for \\d+s +\\d+ +sh -c trap ");
        assertThat(nsbox("ps", "-q").out().lines()).contains(name);
        assertThat(described().get("state").stringValue()).isEqualTo("running");
        assertThat(described().get("command").get(0).stringValue()).isEqualTo("sh");
        while (nsbox("logs", name).out().isEmpty()) {
            Running.pause();
        }
        assertThat(nsbox("stop", name)).isEqualTo(fine(""));
        assertThat(nsbox("logs", name)).isEqualTo(fine("ready\nbye\n"));
        assertThat(nsbox("ps", "-q").out().lines()).doesNotContain(name);
        assertThat(nsbox("ps", "-a").out()).containsPattern("(?m)^" + name + " +exited \\(3\\) \\d+s ago +- +sh -c ");
        assertThat(nsbox("wait", name)).isEqualTo(new Result(3, "3\n", ""));
        assertThat(nsbox("stop", name)).isEqualTo(fine(""));
        assertThat(nsbox("rm", name)).isEqualTo(fine(""));
        assertThat(nsbox("logs", name).err()).startsWith("nsbox: error: no sandbox is called '" + name + "'");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoStartsItIsLetGoAndNothingOfTheTerminalStays(Identity identity) {
        open(identity);
        Path spec = workshop.file(name + ".yaml", SLEEP);
        // A command substitution waits until the last writer has closed its end.
        assertThat(start("sh", "-c", "said=$(\"$0\" up -d \"$1\" 2>&1); echo \"[$said]\"", workshop.nsbox(), spec)
                        .finish())
                .isEqualTo(fine("[" + name + "]\n"));
        assertThat(nsbox("exec", name, "--", "readlink", "/proc/1/fd/0").out()).isEqualTo("/dev/null\n");
    }

    @Test
    void aTerminalInTheBackgroundIsAnErrorWithItsLine() {
        open(Identity.USER);
        Path spec = workshop.file(name + ".yaml", HEAD + "tty: true\ncommand: [sh]\n");
        int line = (int) HEAD.lines().count() + 1;
        Result result = nsbox("up", "-d", spec);
        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err())
                .isEqualTo(spec + ":" + line + ":1: error: a sandbox in the background has no terminal\n   |\n " + line
                        + " | tty: true\n   | ^^^\n   = help: leave it out, or start the sandbox without -d\n1 error in "
                        + spec + "\n");
        assertThat(nsbox("ps", "-aq").out().lines()).doesNotContain(name);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aNameIsGivenToOneAtATime(Identity identity) {
        open(identity);
        assertThat(up(SLEEP).status()).isZero();
        assertThat(up(SLEEP))
                .isEqualTo(new Result(
                        125,
                        "",
                        "nsbox: error: a sandbox called '" + name + "' is running; `nsbox stop " + name
                                + "` ends it, and --name gives this one another name\n"));
        assertThat(nsbox("up", "--name", name, workshop.folder().resolve(name + ".yaml"))
                        .status())
                .isEqualTo(125);
        assertThat(nsbox("rm", name))
                .isEqualTo(new Result(
                        1,
                        "",
                        "nsbox: error: the sandbox '" + name + "' is running; `nsbox stop " + name
                                + "` ends it, and `nsbox rm -f` kills it\n"));
        assertThat(nsbox("down", name)).isEqualTo(fine(""));
        assertThat(up(SLEEP)).isEqualTo(fine(name + "\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void ofLaunchersThatTakeANameAtTheSameTimeOneGetsIt(Identity identity) {
        open(identity);
        Path spec = workshop.file(name + ".yaml", SLEEP);
        List<Running> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(start(workshop.nsbox(), "up", "-d", spec));
        }
        List<Result> results = all.stream().map(Running::finish).toList();
        assertThat(results.stream().filter(result -> result.equals(fine(name + "\n"))))
                .as(results.toString())
                .hasSize(1);
        assertThat(results.stream().filter(result -> result.status() == 125))
                .hasSize(5)
                .allSatisfy(refused -> assertThat(refused.err())
                        .containsAnyOf(
                                "a sandbox called '" + name + "' is running",
                                "a sandbox of this name is running: `nsbox stop " + name + "` ends it"));
        assertThat(described().get("state").stringValue()).isEqualTo("running");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatKeepsItFromStartingIsToldWhereItWasStarted(Identity identity) {
        open(identity);
        Result result = up(HEAD + "command: [no-such-program]\n");
        assertThat(result.status()).isEqualTo(127);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("nsbox: error: step ")
                .contains("refused: execute no-such-program: ENOENT (No such file or directory)\n");
        assertThat(nsbox("wait", name)).isEqualTo(new Result(127, "127\n", ""));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCommandThatEndsAtOnceWasStartedAllTheSame(Identity identity) {
        open(identity);
        assertThat(up(HEAD + "command: [sh, -c, exit 7]\n")).isEqualTo(fine(name + "\n"));
        assertThat(nsbox("wait", name)).isEqualTo(new Result(7, "7\n", ""));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void oneMoreCommandIsConfinedAsTheSandboxsOwn(Identity identity) {
        open(identity);
        String confined = HEAD
                + "environment: {COLOUR: blue}\ncap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE]\nseccomp: default\numask: \"027\"\n"
                + "ulimits: {nofile: 99}\nnice: 5\noom_score_adj: 300\nworking_dir: /tmp\n";
        String look =
                "readlink /proc/self/ns/user /proc/self/ns/mnt /proc/self/ns/pid /proc/self/ns/ipc /proc/self/ns/uts"
                        + " /proc/self/ns/net; grep -E \"^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Umask):\" /proc/self/status; ulimit -n; nice; cat /proc/self/oom_score_adj; pwd;"
                        + " hostname; echo $COLOUR";
        assertThat(up(confined + "command: [sh, -c, '" + look + "; exec sleep 300']\n"))
                .isEqualTo(fine(name + "\n"));
        Result entered = nsbox("exec", name, "--", "sh", "-c", look);
        assertThat(entered.err()).isEmpty();
        assertThat(entered.out()).isEqualTo(nsbox("logs", name).out()).contains("\n99\n5\n300\n/tmp\ninside\nblue\n");
        assertThat(nsbox("exec", name, "--", "sh", "-c", "exit 5").status()).isEqualTo(5);
        assertThat(nsbox("exec", name, "--", "sh", "-c", "kill -9 $$").status()).isEqualTo(137);
        assertThat(nsbox("exec", name, "--", "no-such-program").status()).isEqualTo(127);
        assertThat(nsbox("exec", name, "--", "sh", "-c", "ls -1 /proc/self/fd").out())
                .isEqualTo("0\n1\n2\n3\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anEditedSpecDoesNotChangeWhatACommandOfARunningSandboxMay(Identity identity) {
        open(identity);
        assertThat(up(SLEEP.replace("command:", "cap_drop: [ALL]\ncommand:")).status())
                .isZero();
        workshop.file(name + ".yaml", SLEEP);
        assertThat(nsbox("exec", name, "--", "grep", "CapEff", "/proc/self/status")
                        .out())
                .isEqualTo("CapEff:\t0000000000000000\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCommandThatEntersIsNeverOpenToThoseInside(Identity identity) {
        open(identity);
        // Whatever comes into the sandbox shows a program there only once it is the command.
        String spy = "while :; do for p in /proc/[0-9]*; do readlink $p/exe; done 2>/dev/null; done";
        assertThat(up(HEAD + "command: [sh, -c, '" + spy + "']\n").status()).isZero();
        for (int i = 0; i < 10; i++) {
            assertThat(nsbox("exec", name, "--", "true").status()).isZero();
        }
        assertThat(nsbox("stop", name).status()).isZero();
        assertThat(nsbox("logs", name).out().lines().distinct())
                .isNotEmpty()
                .noneMatch(
                        line -> Pattern.compile("\\.image|nsbox").matcher(line).find());
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aLauncherThatIsKilledLeavesNothingThatLooksAlive(Identity identity) {
        open(identity);
        assertThat(up(SLEEP).status()).isZero();
        Running.signal("KILL", pid("launcher_pid"));
        while (nsbox("ps", "-q").out().lines().anyMatch(name::equals)) {
            Running.pause();
        }
        assertThat(described().get("state").stringValue()).isEqualTo("lost");
        assertThat(nsbox("ps", "-a").out()).containsPattern("(?m)^" + name + " +lost +- +sh -c ");
        assertThat(nsbox("exec", name, "--", "true"))
                .isEqualTo(new Result(125, "", "nsbox: error: the sandbox '" + name + "' is not running\n"));
        assertThat(nsbox("wait", name)).isEqualTo(new Result(137, "137\n", ""));
        assertThat(nsbox("gc").out().lines()).contains(name);
        assertThat(nsbox("ps", "-aq").out().lines()).doesNotContain(name);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void signalsReachTheCommand(Identity identity) {
        open(identity);
        assertThat(up(HEAD + "command: [sh, -c, \"trap 'echo usr1' USR1; echo ready; while :; do sleep 0.05; done\"]\n")
                        .status())
                .isZero();
        Running log = start(workshop.nsbox(), "logs", "-f", name).says("ready");
        assertThat(nsbox("kill", "-s", "USR1", name)).isEqualTo(fine(""));
        log.says("usr1");
        assertThat(nsbox("kill", name)).isEqualTo(fine(""));
        assertThat(log.finish()).isEqualTo(fine("ready\nusr1\n"));
        assertThat(nsbox("wait", name)).isEqualTo(new Result(137, "137\n", ""));
        assertThat(nsbox("kill", name))
                .isEqualTo(new Result(1, "", "nsbox: error: the sandbox '" + name + "' is not running\n"));
        assertThat(nsbox("kill", "-s", "NONE", name).status()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theLogIsWholeAndItsEndOrItsNewestPartCanBeAsked(Identity identity) {
        open(identity);
        assertThat(up(HEAD + "command: [sh, -c, 'seq 1 100000; sleep 2; echo last']\n")
                        .status())
                .isZero();
        assertThat(nsbox("wait", name).status()).isZero();
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 100_000; i++) {
            all.append(i).append('\n');
        }
        assertThat(nsbox("logs", name).out()).isEqualTo(all + "last\n");
        assertThat(nsbox("logs", "-n", "2", name).out()).isEqualTo("100000\nlast\n");
        assertThat(nsbox("logs", "--tail", "0", name).out()).isEmpty();
        assertThat(nsbox("logs", "--since", "1h", name).out()).isEqualTo(all + "last\n");
        String ended = described().get("ended").stringValue();
        String justBefore = java.time.Instant.parse(ended).minusSeconds(1).toString();
        assertThat(nsbox("logs", "--since", justBefore, name).out()).isEqualTo("last\n");
        assertThat(nsbox("logs", "--since", "yesterday", name).err())
                .startsWith("nsbox: error: --since takes a duration such as 10m, or a time such as"
                        + " 2026-01-31T12:00:00Z, and not 'yesterday'\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void itsProcessesAndWhatTheyUseAreShown(Identity identity) {
        open(identity);
        assertThat(up(HEAD + "command: [sh, -c, 'sleep 300 & exec sleep 301']\n")
                        .status())
                .isZero();
        assertThat(nsbox("top", name).out())
                .startsWith("NAME ")
                .containsPattern("(?m)^" + name + " +\\d+ +\\d+ +S +0\\.0\\ds +[\\d.]+ [KM]iB +sleep 301$");
        assertThat(nsbox("stats", name).out())
                .containsPattern("(?m)^" + name + " +[12] +- +0\\.0\\ds +[\\d.]+ [KM]iB +- +- +processes$");
        assertThat(nsbox("inspect", name).out()).contains("\"name\" : \"" + name + "\"", "\"settings\" : [ ]");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aNameThatIsNearlyRightIsGuessed(Identity identity) {
        open(identity);
        assertThat(up(SLEEP).status()).isZero();
        assertThat(nsbox("stop", name + "x"))
                .isEqualTo(new Result(
                        1, "", "nsbox: error: no sandbox is called '" + name + "x'; did you mean '" + name + "'?\n"));
        assertThat(nsbox("stop", "../" + name).err()).startsWith("nsbox: error: no sandbox is called '../" + name);
    }
}
