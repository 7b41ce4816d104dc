package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code landlock}: what is listed works, what is not is refused. */
class LandlockIT {
    private static final String USER = "namespaces: [user, network]\nuid_map: root\n";

    private static Running.Result run(Workshop workshop, String rules, String script) {
        Path launcher = workshop.launcher(
                "box", USER + "landlock: " + rules + "\ncommand: [bash, -c, '" + script.replace("'", "''") + "']\n");
        Running.Result result = workshop.run(launcher);
        Requirements.require(
                !result.err().contains("landlock_create_ruleset(NULL"), "this kernel has no Landlock of ABI 6");
        return result;
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void filesThatAreNotListedCannotBeReadWrittenOrExecuted(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path in = workshop.file("in", "text\n");
            Path out = workshop.file("out", "");
            Path hidden = workshop.file("hidden", "secret\n");
            Path tool = workshop.script("tool", "#!/bin/sh\n");
            String rules = "{read: [/usr, /lib, /lib64, /bin, /etc, /dev, /proc, " + in + ", " + out
                    + "], execute: [/usr," + " /lib, /lib64, /bin], write: [" + out + ", /dev/null]}";
            Running.Result result = run(
                    workshop,
                    rules,
                    "exec 2>/dev/null; cat " + in + "; cat " + hidden + " || echo hidden; echo x >" + out
                            + " && echo written; echo x >" + in + " || echo kept; " + tool
                            + " || echo not executed; rm " + out + " || echo not removed; : >" + hidden
                            + " || echo whole; "
                            + "mkdir " + workshop.folder() + "/new || echo not made");
            assertThat(result)
                    .isEqualTo(new Running.Result(
                            0, "text\nhidden\nwritten\nkept\nnot executed\nnot removed\nwhole\nnot made\n", ""));
            assertThat(Files.readString(hidden)).isEqualTo("secret\n");
            assertThat(Files.readString(out)).isEqualTo("x\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aFolderThatIsWritableCanBeChangedThroughout(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String folder = workshop.folder().toString();
            String script =
                    "cd " + folder + " && mkdir a b && echo x >a/f && mv a/f b/g && ln -s g b/l && truncate -s 0 b/g"
                            + " && rm -r a b && echo done";
            assertThat(run(workshop, "{read: [/], execute: [/], write: [" + folder + "]}", script))
                    .isEqualTo(new Running.Result(0, "done\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void portsThatAreNotListedCannotBeBoundOrConnectedTo(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String connect = "(echo >/dev/tcp/127.0.0.1/%d) 2>&1 | grep -o \"[A-Z][a-z]* [a-z]*$\" | head -1; ";
            String script = String.format(java.util.Locale.ROOT, connect + connect, 443, 444);
            assertThat(run(workshop, "{tcp_connect: [443]}", script).out())
                    .isEqualTo("Connection refused\nPermission denied\n");
            Requirements.requireProgram("python3");
            String bind =
                    "import socket\nfor p in (8080, 8081):\n  try: socket.socket().bind((\"127.0.0.1\", p)); print(p)\n"
                            + "  except OSError as e: print(e.strerror)\n";
            Path program = workshop.file("bind.py", bind);
            assertThat(run(workshop, "{tcp_bind: [8080]}", "python3 " + program).out())
                    .isEqualTo("8080\nPermission denied\n");
            assertThat(run(workshop, "{tcp_connect: []}", "python3 " + program).out())
                    .as("TCP is one group")
                    .isEqualTo("Permission denied\nPermission denied\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aScopeKeepsSignalsInside(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            assertThat(run(
                                    workshop,
                                    "{scope: [signal]}",
                                    "kill -0 $PPID 2>/dev/null || echo kept inside; kill -0 $$ && echo own")
                            .out())
                    .isEqualTo("kept inside\nown\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aPathThatIsNotThereIsRefusedWithItsLine(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Running.Result result = run(workshop, "{read: [/, /not/there]}", "true");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .contains("refused: restrict by Landlock: read / /not/there: ENOENT (No such file or directory)\n")
                    .contains("box.yaml:3:1\n")
                    .contains("openat(AT_FDCWD, \"/not/there\"")
                    .contains("= help: this path is not there inside the sandbox\n");
        }
    }
}
