package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The sandbox's own terminal: what a person at the caller's terminal sees of it, and what of that one is out of reach. */
class TtyIT {
    /** One of the host's devpts. */
    private static final String OF_HOST = "namespaces: [user, pid, mount]\nuid_map: root\nmount_proc: true\n";
    /** One of the sandbox's devpts. */
    private static final String OF_SANDBOX = OF_HOST + "dev: minimal\n";

    private static final String WITH_INIT = OF_SANDBOX + "init: true\n";

    /** Types a command into whatever terminal it can reach: TIOCSTI (ioctl_tty(2)). */
    private static final String PUSH = "import fcntl,os\n"
            + "for f in (0, 1, 2):\n    for c in 'touch pushed\\n':\n        try: fcntl.ioctl(f, 0x5412, c)\n"
            + "        except OSError: pass\n"
            + "try:\n    t = os.open('/dev/tty', os.O_RDWR)\n    for c in 'touch pushed\\n': fcntl.ioctl(t, 0x5412, c)\n"
            + "except OSError: pass\nprint('pushed all')\n";

    private Workshop workshop;

    static Stream<Arguments> everyone() {
        return Stream.of(Identity.values())
                .flatMap(identity ->
                        Stream.of(OF_HOST, OF_SANDBOX, WITH_INIT).map(spec -> Arguments.of(identity, spec)));
    }

    @AfterEach
    void nothingIsLeft() {
        if (workshop != null) {
            try (Workshop closing = workshop) {
                Leftovers.assertNoProcess(closing.mark(), "the test");
            }
        }
    }

    private Tmux open(Identity identity, String spec) {
        workshop = Workshop.open(identity);
        workshop.launcher("box", spec);
        return new Tmux(workshop);
    }

    private static String shell(String script) {
        return "command:\n  - sh\n  - -c\n  - |\n    " + script.replace("\n", "\n    ") + "\n";
    }

    /** Runs, and says so with this word if the terminal's modes are what they were. */
    private static String sameModes(String run, String word) {
        return "a=$(stty -g); " + run + "; [ \"$a\" = \"$(stty -g)\" ] && echo same after " + word + "; stty sane";
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void theCommandHasATerminalOfItsOwnWithTheSizeAndModesOfTheCallers(Identity identity, String spec) {
        try (Tmux terminal =
                open(identity, spec + shell("stty size; stty -a | grep -o 'intr = [^;]*'; test -t 2 && echo err"))) {
            String outside = terminal.type("stty intr ^E; ./box; stty intr ^C; echo done")
                    .shows("done")
                    .screen();
            assertThat(outside).contains("100 120\n", "intr = ^E\n", "err\n");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void whatIsPushedIntoTheTerminalDoesNotReachTheCallers(Identity identity, String spec) {
        Requirements.requireProgram("python3");
        try (Tmux terminal = open(identity, spec + "command: [/usr/bin/python3, push.py]\n")) {
            workshop.file("push.py", PUSH);
            terminal.type("./box; echo \"status $?\"")
                    .shows("status 0")
                    .type("echo later")
                    .shows("later");
            assertThat(terminal.screen()).contains("pushed all");
            assertThat(workshop.folder().resolve("pushed")).doesNotExist();
        }
    }

    /** S14: with the caller's terminal it is the filter that keeps it from typing, where the kernel would let it. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void theDefaultProfileKeepsACommandFromTypingIntoTheCallersTerminal(Identity identity) throws IOException {
        Requirements.requireProgram("python3");
        // Older kernels than 6.2 have no such setting, and let everybody.
        Path setting = Path.of("/proc/sys/dev/tty/legacy_tiocsti");
        Requirements.require(
                !Files.exists(setting) || Files.readString(setting).startsWith("1"),
                "dev.tty.legacy_tiocsti lets nobody type into a terminal here");
        String spec = OF_HOST + "tty: false\ncommand: [/usr/bin/python3, push.py]\n";
        for (boolean filtered : new boolean[] {false, true}) {
            try (Tmux terminal = open(identity, spec + (filtered ? "seccomp: default\n" : ""))) {
                workshop.file("push.py", PUSH);
                terminal.type("./box; echo \"status $?\"")
                        .shows("status 0")
                        .type("echo later")
                        .shows("later");
                assertThat(terminal.screen()).contains("pushed all");
                assertThat(Files.exists(workshop.folder().resolve("pushed"))).isEqualTo(!filtered);
            }
            workshop.close();
        }
        workshop = null;
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void theCallersModesComeBackHoweverItEnds(Identity identity, String spec) {
        workshop = Workshop.open(identity);
        workshop.launcher("exits", spec + "command: [\"true\"]\n");
        workshop.launcher("missing", spec + "command: [/no/such]\n");
        workshop.launcher("folder", spec + "working_dir: /no/such\ncommand: [\"true\"]\n");
        workshop.launcher("late", spec + "timeout: 200ms\nstop_grace_period: 0s\ncommand: [sleep, '300']\n");
        workshop.launcher(
                "killed",
                spec + "init: false\n".repeat(spec.contains("init") ? 0 : 1) + shell("kill -KILL $$; exit 7"));
        workshop.launcher("waits", spec + shell("echo ready; exec sleep 300"));
        try (Tmux terminal = new Tmux(workshop)) {
            for (String box : List.of("exits", "missing", "folder", "late", "killed")) {
                terminal.type(sameModes("./" + box, box)).shows("same after " + box);
            }
            for (String signal : List.of("TERM", "HUP", "INT", "KILL")) {
                terminal.type("clear")
                        .prompts("outer$")
                        .type(sameModes("./waits", signal))
                        .shows("ready");
                // Raw mode may come after the command's first words.
                Running.awaitThat(
                        "the launcher runs",
                        () -> !Running.childrenOf(terminal.pid()).isEmpty());
                Running.signal(signal, Running.childOf(terminal.pid()));
                terminal.shows("same after " + signal);
            }
        }
    }

    /** The sandbox has sent no terminal yet: what it sends instead must not be taken for one. */
    @ParameterizedTest
    @MethodSource("everyone")
    void aRefusalBeforeThereIsATerminalIsTold(Identity identity, String spec) {
        try (Tmux terminal = open(identity, spec + "mounts: [\"./gone:/mnt\"]\ncommand: [id]\n")) {
            terminal.type("./box; echo \"status $?\"").shows("status 125");
            assertThat(terminal.screen()).contains("ENOENT (No such file or directory)");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aNewSizeIsPassedOn(Identity identity, String spec) {
        try (Tmux terminal = open(
                identity,
                spec + shell("trap 'stty size' WINCH; trap 'exit 3' USR1; echo ready; while :; do sleep 0.02; done"))) {
            terminal.type("./box; echo \"status $?\"").shows("ready");
            terminal.tmux("resize-window", "-x", "90", "-y", "40");
            terminal.shows("40 90");
            terminal.press("C-\\");
            Running.awaitThat("the core of it is quit", () -> terminal.screen().contains("status 131"));
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void controlZStopsAPlainCommandAndForegroundGoesOn(Identity identity, String spec) {
        try (Tmux terminal = open(identity, spec + shell("echo ready; read x; echo \"got $x\"; exit 6"))) {
            terminal.type("./box; echo \"status $?\"").shows("ready");
            terminal.press("C-z").shows("status 147");
            terminal.type("stty -a | grep -o ' icanon'").shows(" icanon");
            terminal.type("fg").shows("./box").type("hello").shows("got hello");
            terminal.type("echo \"then $?\"").shows("then 6");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aBackgroundJobWritesAndReadsOnceItIsInFront(Identity identity, String spec) {
        try (Tmux terminal = open(identity, spec + shell("echo ready; read x; echo \"got $x\"; exit 6"))) {
            terminal.type("./box &");
            Running.awaitThat("it writes", () -> terminal.screen().contains("ready"));
            terminal.type("echo \"outer\"").shows("outer");
            terminal.type("fg").shows("./box").type("hello").shows("got hello");
            terminal.type("echo \"then $?\"").shows("then 6");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aShellWithJobControlWorksInside(Identity identity, String spec) {
        try (Tmux terminal = open(identity, spec + "environment: {PS1: 'inner$ '}\ncommand: [bash, --norc, -i]\n")) {
            terminal.type("./box; echo \"status $?\"").prompts("inner$");
            assertThat(terminal.screen()).doesNotContain("no job control");
            terminal.type("echo begun; sleep 300")
                    .shows("begun")
                    .runs("sleep 300")
                    .press("C-z")
                    .prompts("inner$");
            terminal.type("jobs | grep -c Stopped")
                    .shows("1")
                    .type("fg")
                    .runs("sleep 300")
                    .press("C-c")
                    .prompts("inner$");
            terminal.press("C-d").shows("status 130").prompts("outer$");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void fullScreenProgramsWork(Identity identity, String spec) {
        for (String program : List.of("vim", "less", "top")) {
            Requirements.requireProgram(program);
        }
        try (Tmux terminal = open(identity, spec + "environment: {PS1: 'inner$ '}\ncommand: [bash, --norc, -i]\n")) {
            workshop.file("text", "first line\nsecond line\n");
            terminal.type("./box; echo \"status $?\"").prompts("inner$");
            terminal.type("vim -u NONE -N text").shows("second line");
            terminal.tmux("resize-window", "-x", "80", "-y", "30");
            terminal.press("i").press("X").press("Escape").type(":wq").prompts("inner$");
            terminal.type("clear; head -n 1 text").shows("Xfirst line");
            terminal.type("seq 1 500 | less")
                    .shows("1")
                    .press("G")
                    .shows("500")
                    .press("q")
                    .prompts("inner$");
            terminal.type("clear; top -d 0.2");
            Running.awaitThat(
                    "top shows a process",
                    () -> terminal.screen().contains("top") && terminal.screen().contains("PID"));
            terminal.press("q")
                    .prompts("inner$")
                    .type("stty size")
                    .shows("30 80")
                    .type("exit 0")
                    .shows("status 0");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aTerminalThatHangsUpEndsTheSandbox(Identity identity, String spec) {
        try (Tmux terminal = open(identity, spec + shell("echo ready; exec sleep 300"))) {
            terminal.type("./box").shows("ready");
            long launcher = Running.childOf(terminal.pid());
            terminal.tmux("kill-pane");
            Running.awaitThat(
                    "the launcher ends",
                    () -> Leftovers.marked(workshop.mark()).stream().noneMatch(pid -> pid == launcher));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void withOneStreamElsewhereOrTtyFalseTheStreamsAreTheCallers(Identity identity) {
        try (Tmux terminal =
                open(identity, OF_HOST + shell("test -t 0 && echo in; test -t 1 && echo out; tty; exit 0"))) {
            workshop.launcher("never", OF_HOST + "tty: false\n" + shell("tty"));
            terminal.type("clear; tty; ./box | sed 's/^/piped /'; ./box </dev/null; echo done")
                    .shows("done");
            assertThat(terminal.screen())
                    .contains("piped in\n", "\nout\nnot a tty\n")
                    .doesNotContain("piped out");
            terminal.type("clear; [ \"$(tty)\" = \"$(./never)\" ] && echo equal")
                    .shows("equal");
        }
    }

    /** No terminal of the caller's: the streams are relayed to one. */
    @ParameterizedTest
    @MethodSource("everyone")
    void ttyTrueRelaysPipesAndLosesNothing(Identity identity, String spec) throws Exception {
        workshop = Workshop.open(identity);
        Path bytes = workshop.folder().resolve("bytes");
        byte[] random = new byte[1_000_000];
        new java.util.Random(7).nextBytes(random);
        Files.write(bytes, random);
        workshop.launcher("pass", spec + "tty: true\n" + shell("stty raw -echo; echo ready >&2; exec head -c 1000000"));
        workshop.launcher("count", spec + "tty: true\ncommand: [seq, '1', '20000']\n");
        workshop.launcher("lines", spec + "tty: true\n" + shell("stty -echo -onlcr; echo; cat; echo end"));
        assertThat(workshop.run("sh", "-c", "./count </dev/null | tr -d '\\r' | cksum; seq 1 20000 | cksum")
                        .out()
                        .lines()
                        .distinct())
                .hasSize(1);
        // Raw mode first, then the bytes.
        assertThat(workshop.run(
                                "sh",
                                "-c",
                                "(sleep 1; cat bytes) | ./pass | tail -c 1000000 | cmp - bytes && echo equal")
                        .out())
                .isEqualTo("equal\n");
        assertThat(workshop.run("sh", "-c", "(sleep 0.5; printf 'a\\nb') | ./lines")
                        .out())
                .isEqualTo("\na\nbend\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aReaderThatWaitsHoldsUpNeitherSignalsNorTheClock(Identity identity) {
        workshop = Workshop.open(identity);
        workshop.launcher("box", OF_HOST + "tty: true\ntimeout: 500ms\nstop_grace_period: 0s\ncommand: ['yes']\n");
        assertThat(workshop.run("bash", "-c", "./box </dev/null | sleep 3; echo ${PIPESTATUS[0]}")
                        .out())
                .isEqualTo("124\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theTerminalBelongsToTheCommandsUser(Identity identity) {
        try (Tmux terminal = open(identity, OF_SANDBOX + shell("tty; stat -c %u $(tty); echo again >$(tty)"))) {
            terminal.type("./box").shows("/dev/pts/0").shows("0").shows("again");
        }
    }
}
