package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.Running.Result;
import io.nsbox.testing.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands that are run in a sandbox from a terminal, and from pipes. */
class ExecTerminalIT {
    private static final String OF_HOST =
            "namespaces: [user, pid, mount]\nuid_map: root\nmount_proc: true\nstop_grace_period: 0s\n"
                    + "environment: {PS1: 'inner$ '}\ncommand: [sleep, '300']\n";
    private static final String OF_SANDBOX = OF_HOST + "dev: minimal\n";
    private static final String KEEPING_ITS_ID = OF_SANDBOX.replace("uid_map: root", "uid_map: keep-id");
    private static final String WITH_INIT = OF_SANDBOX + "init: true\n";

    private Named named;

    static Stream<Arguments> everyone() {
        return Stream.of(Identity.values())
                .flatMap(identity -> Stream.of(OF_HOST, OF_SANDBOX, KEEPING_ITS_ID, WITH_INIT)
                        .map(spec -> Arguments.of(identity, spec)));
    }

    @AfterEach
    void nothingIsLeft() {
        if (named != null) {
            named.close();
        }
    }

    private Tmux open(Identity identity, String spec) {
        named = Named.open(identity).up(spec);
        Tmux terminal = new Tmux(named.workshop());
        for (Map.Entry<String, String> variable : named.environment().entrySet()) {
            terminal.type("export " + variable.getKey() + "=" + variable.getValue());
        }
        named.workshop().script("in", "#!/bin/sh\nexec " + named.workshop().nsbox() + " exec \"$@\"\n");
        return terminal.type("clear").prompts("outer$");
    }

    /** Root's own id is none of the sandbox's, so root cannot give anything away there as itself. */
    @Test
    void theTerminalBelongsToTheUserAlsoUnderRangesThatLeaveTheCallerOut() {
        String ids = "[{inside: 0, outside: 100000, count: 1001}]\n";
        String spec =
                OF_SANDBOX.replace("uid_map: root\n", "uid_map: " + ids + "gid_map: " + ids + "user: '1000:1000'\n");
        Identity.ROOT.require();
        try (Tmux terminal = open(Identity.ROOT, spec)) {
            terminal.type("./in -it " + named.name() + " -- sh -c 'stat -c \"belongs to %u\" $(tty)'")
                    .shows("belongs to 1000");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void anInteractiveShellWorksAndTheTerminalIsAsBefore(Identity identity, String spec) {
        try (Tmux terminal = open(identity, spec)) {
            terminal.type("a=$(stty -g); ./in -it " + named.name() + " -- bash --norc -i; echo \"status $?\"")
                    .prompts("inner$");
            assertThat(terminal.screen()).doesNotContain("no job control");
            terminal.type("stty size").shows("100 120");
            terminal.tmux("resize-window", "-x", "90", "-y", "40");
            Running.awaitThat("the size is passed on", () -> {
                terminal.type("clear; stty size");
                return terminal.screen().contains("40 90\n");
            });
            terminal.type("echo begun; sleep 30")
                    .shows("begun")
                    .runs("sleep 30")
                    .press("C-c")
                    .prompts("inner$");
            terminal.type("echo \"sleep $?\"").shows("sleep 130");
            terminal.type("echo begun again; sleep 40")
                    .shows("begun again")
                    .runs("sleep 40")
                    .press("C-z")
                    .prompts("inner$");
            // After its wait bash may still call the job stopped, and then refuses to exit.
            terminal.type("kill -KILL %1; until [ -z \"$(jobs -s)\" ]; do sleep 0.05; done; echo gone")
                    .shows("gone");
            terminal.type("test -t 0 && test -t 1 && test -t 2 && echo all three")
                    .shows("all three");
            terminal.type("exit 7").shows("status 7").prompts("outer$");
            terminal.type("[ \"$a\" = \"$(stty -g)\" ] && echo same").shows("same");
        }
    }

    @ParameterizedTest
    @MethodSource("everyone")
    void theTerminalIsOneOfTheSandboxsOwn(Identity identity, String spec) {
        try (Tmux terminal = open(identity, spec)) {
            terminal.type("tty; ./in " + named.name()
                            + " -- sh -c 'tty; stat -c \"owner %u\" $(tty); echo again >$(tty)'")
                    .shows("again");
            String owner = spec.equals(KEEPING_ITS_ID) ? Integer.toString(identity.id()) : "0";
            assertThat(terminal.screen()).contains("\nowner " + owner + "\n");
            if (!spec.equals(OF_HOST)) {
                assertThat(terminal.screen()).contains("\n/dev/pts/0\nowner");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void ctrlCEndsAPlainCommand(Identity identity) {
        try (Tmux terminal = open(identity, OF_SANDBOX)) {
            terminal.type("./in -t " + named.name() + " -- sh -c 'echo ready; exec sleep 300'; echo \"status $?\"")
                    .shows("ready")
                    .press("C-c")
                    .shows("status 130");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void withoutATerminalNoneCanBeInsistedOn(Identity identity) {
        named = Named.open(identity).up(OF_SANDBOX);
        assertThat(named.nsbox("exec", "-it", named.name(), "--", "true"))
                .isEqualTo(new Result(
                        125,
                        "",
                        "nsbox: error: step 2 of 21 refused: require a terminal: ENOTTY (Inappropriate ioctl for device)\n"
                                + "  = note: the call was ioctl(0, TCGETS, &modes)\n"
                                + "  = help: standard input is no terminal, and -t wants one: leave it out\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aPipeIsPassedOnByteForByte(Identity identity) throws Exception {
        named = Named.open(identity).up(OF_SANDBOX.replace("command:", "tty: auto\ncommand:"));
        byte[] random = new byte[1_000_000];
        new java.util.Random(7).nextBytes(random);
        Path bytes = named.workshop().folder().resolve("bytes");
        Files.write(bytes, random);
        for (String option : new String[] {"-i", "--"}) {
            String words = option.equals("-i") ? "exec -i \"$1\" -- cat" : "exec \"$1\" -- cat";
            assertThat(named.workshop()
                            .start(
                                    named.environment(),
                                    "sh",
                                    "-c",
                                    "cat bytes | \"$0\" " + words + " | cmp - bytes && echo equal",
                                    named.workshop().nsbox(),
                                    named.name())
                            .finish())
                    .isEqualTo(new Result(0, "equal\n", ""));
        }
    }

    /** What root inside puts in the place of a terminal is not opened. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aDevptsThatTheSandboxChangedIsRefused(Identity identity) {
        String hostile = "mkdir -p /dev/trap && mkfifo /dev/trap/ptmx && ";
        for (String attack : new String[] {
            "mount --bind /dev/trap /dev/pts", "mount --bind /dev/trap/ptmx /dev/pts/ptmx", "umount -l /dev/pts"
        }) {
            String spec = OF_SANDBOX.replace(
                    "[sleep, '300']", "[sh, -c, '" + hostile + attack + " && echo changed; exec sleep 300']");
            try (Tmux terminal = open(identity, spec)) {
                Running.awaitThat(
                        "the attack is made",
                        () -> named.nsbox("logs", named.name()).out().contains("changed"));
                terminal.type("./in -it " + named.name() + " -- touch /tmp/" + named.name() + "; echo \"status $?\"")
                        .shows("status 125");
                assertThat(terminal.screen())
                        .contains("refused: open a terminal in the sandbox, if at one: E")
                        .contains("the sandbox has changed its /dev/pts");
                assertThat(Path.of("/tmp", named.name())).doesNotExist();
            }
            named.close();
        }
        named = null;
    }
}
