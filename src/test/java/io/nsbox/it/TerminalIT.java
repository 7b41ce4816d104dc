package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A sandbox as a job of an interactive shell, in a terminal. */
class TerminalIT {
    private static final String PLAIN = "namespaces: [user, uts]\n";
    private static final String AS_INIT = "namespaces: [user, pid]\n";

    private Workshop workshop;

    static Stream<Arguments> everyone() {
        return Stream.of(Identity.values())
                .flatMap(identity -> Stream.of(Arguments.of(identity, PLAIN), Arguments.of(identity, AS_INIT)));
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

    @ParameterizedTest
    @MethodSource("everyone")
    void controlCEndsASleepThatIsTheCommand(Identity identity, String namespaces) {
        try (Tmux terminal = open(identity, namespaces + "command: [sh, -c, echo ready; exec sleep 300]\n")) {
            terminal.type("./box; echo \"status $?\"")
                    .shows("ready")
                    .press("C-c")
                    .shows("status 130");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void controlCReachesAHandlerOnce(Identity identity, String namespaces) {
        String command = "command:\n  - sh\n  - -c\n  - |\n"
                + "    trap 'n=x$n; echo int $n' INT; trap 'exit 7' USR1\n"
                + "    echo ready; while :; do sleep 0.02; done\n";
        try (Tmux terminal = open(identity, namespaces + command)) {
            terminal.type("./box; echo \"status $?\"").shows("ready");
            terminal.press("C-c").shows("int x");
            terminal.press("C-c").shows("int xx");
            terminal.press("C-c").shows("int xxx");
            Running.signal("USR1", Running.childOf(terminal.pid()));
            terminal.shows("status 7");
            assertThat(terminal.screen()).doesNotContain("int xxxx");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void controlCInAShellInsideEndsOnlyWhatItRuns(Identity identity, String namespaces) {
        try (Tmux terminal =
                open(identity, namespaces + "environment: {PS1: 'inner$ '}\ncommand: [bash, --norc, -i]\n")) {
            terminal.type("./box; echo \"status $?\"").prompts("inner$");
            terminal.type("echo begun; sleep 300")
                    .shows("begun")
                    .runs("sleep 300")
                    .press("C-c")
                    .prompts("inner$");
            terminal.type("echo again; sleep 300 | cat")
                    .shows("again")
                    .runs("sleep 300")
                    .runs("cat")
                    .press("C-c")
                    .prompts("inner$");
            terminal.type("exit 3").shows("status 3").prompts("outer$");
            // The terminal listens to the outer shell and its jobs again.
            terminal.type("read x; echo \"got $x\"").reads().type("hello").shows("got hello");
            terminal.type("cat")
                    .runs("cat")
                    .type("again")
                    .shows("again")
                    .press("C-c")
                    .prompts("outer$");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aScriptCanReadTheTerminalAfterAShellInsideHasEnded(Identity identity, String namespaces) {
        try (Tmux terminal =
                open(identity, namespaces + "environment: {PS1: 'inner$ '}\ncommand: [bash, --norc, -i]\n")) {
            workshop.script("script", "#!/bin/sh\n./box\necho after\nread x\necho \"script got $x\"\n");
            terminal.type("./script; echo \"status $?\"").prompts("inner$");
            terminal.type("exit")
                    .shows("after")
                    .type("hello")
                    .shows("script got hello")
                    .shows("status 0");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void controlZStopsTheJobAndForegroundGoesOn(Identity identity, String namespaces) {
        // It does not fork while it waits: a shell that is stopped between vfork(2) and execve(2) hangs, also without a
        // sandbox.
        String command = "command: [sh, -c, 'echo ready; read x <go; echo went on; exec sleep 300']\n";
        try (Tmux terminal = open(identity, namespaces + command)) {
            terminal.type("mkfifo go; ./box; echo \"status $?\"").shows("ready");
            terminal.press("C-z").shows("status 147");
            terminal.type("jobs -s | grep -c Stopped").shows("1");
            terminal.type("fg").shows("./box");
            workshop.run("sh", "-c", "echo >go");
            terminal.shows("went on").press("C-c").prompts("outer$");
            terminal.type("echo \"status $?\"").shows("status 130");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void controlZInAShellInsideStopsOnlyWhatItRuns(Identity identity, String namespaces) {
        try (Tmux terminal =
                open(identity, namespaces + "environment: {PS1: 'inner$ '}\ncommand: [bash, --norc, -i]\n")) {
            terminal.type("./box; echo \"status $?\"").prompts("inner$");
            terminal.type("echo begun; sleep 300")
                    .shows("begun")
                    .runs("sleep 300")
                    .press("C-z")
                    .prompts("inner$");
            terminal.type("jobs | grep -c Stopped").shows("1");
            terminal.type("fg").runs("sleep 300").press("C-c").prompts("inner$");
            terminal.type("exit 4").shows("status 4");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aBackgroundJobThatReadsTheTerminalStops(Identity identity, String namespaces) {
        String shared = "tty: false\ncommand: [sh, -c, 'read x; echo \"box got $x\"']\n";
        try (Tmux terminal = open(identity, namespaces + shared)) {
            terminal.type("./box &");
            Running.awaitThat("the job is stopped", () -> {
                terminal.type("jobs -s");
                return terminal.screen().contains("Stopped");
            });
            long launcher = Running.childOf(terminal.pid());
            long command = Running.childOf(launcher);
            String time = processorTime(command) + processorTime(launcher);
            terminal.type("fg").type("hello").shows("box got hello").prompts("outer$");
            assertThat(time).as("clock ticks used while it was stopped").matches("[0-9]? ?[0-9]? ?");
        }
    }

    private static String processorTime(long pid) {
        Running.Result stat = Running.start(
                        Path.of("/"), java.util.Map.of(), java.util.List.of("/bin/cat", "/proc/" + pid + "/stat"))
                .finish();
        String[] fields = stat.out().substring(stat.out().lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]) + " ";
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aReaderThatGoesAwayEndsTheWriter(Identity identity, String namespaces) {
        try (Tmux terminal = open(identity, namespaces + "command: ['yes', 'yes it is']\n")) {
            terminal.type("./box 2>/dev/null | head -n 1; echo \"status ${PIPESTATUS[0]}\"")
                    .shows("yes it is");
            // PID 1 is not killed by SIGPIPE, but gets the error.
            terminal.shows(namespaces.equals(PLAIN) ? "status 141" : "status 1");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aTerminalThatIsClosedEndsTheSandboxInIt(Identity identity, String namespaces) {
        try (Tmux terminal = open(identity, namespaces + "command: [sh, -c, echo ready; exec sleep 300]\n")) {
            // The launcher is the session's leader: the kernel sends SIGHUP to it alone.
            terminal.type("exec ./box").shows("ready");
            long launcher = terminal.pid();
            terminal.tmux("kill-pane");
            Running.awaitThat(
                    "the launcher ends",
                    () -> Leftovers.marked(workshop.mark()).stream().noneMatch(pid -> pid == launcher));
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void aSandboxWhoseCommandHandlesTheHangUpHearsOfIt(Identity identity, String namespaces) {
        String command =
                "command: [sh, -c, 'trap \"echo heard >heard; exit\" HUP; echo ready; while :; do sleep 0.02; done']\n";
        try (Tmux terminal = open(identity, namespaces + command)) {
            terminal.type("exec ./box").shows("ready");
            terminal.tmux("kill-pane");
            Running.awaitThat(
                    "the command hears SIGHUP",
                    () -> java.nio.file.Files.exists(workshop.folder().resolve("heard")));
        }
    }
}
