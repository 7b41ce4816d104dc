package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code init: true}: what process 1 does for the command, and what it does not let the command do. */
class InitIT {
    private static final String INIT = "namespaces: [user, pid, mount]\nuid_map: root\nmount_proc: true\ninit: true\n";

    private Workshop workshop;

    @AfterEach
    void nothingIsLeft() {
        if (workshop != null) {
            try (Workshop closing = workshop) {
                Leftovers.assertNoProcess(closing.mark(), "the test");
            }
        }
    }

    private Running.Result run(Identity identity, String keys, String script) {
        return start(identity, keys, script).finish();
    }

    private Running start(Identity identity, String keys, String script) {
        workshop = Workshop.open(identity);
        String block = "command:\n  - sh\n  - -c\n  - |\n    " + script.replace("\n", "\n    ") + "\n";
        return workshop.start(workshop.launcher("box", INIT + keys + block));
    }

    private static Running.Result result(int status, String out) {
        return new Running.Result(status, out, "");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theCommandIsTheChildOfProcessOne(Identity identity) {
        assertThat(run(identity, "", "echo $$ $(grep PPid /proc/$$/status | tr '\\t' ' '); exit 7"))
                .isEqualTo(result(7, "2 PPid: 1\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void orphansAreReaped(Identity identity) {
        // Each child of a subshell that ends at once loses its parent, twice.
        String script = "for i in 1 2 3 4 5; do ( ( sleep 0.05 & ) & ); done\nsleep 0.5\n"
                + "grep -h '^State' /proc/[0-9]*/status | grep -c Z\nls -d /proc/[0-9]* | wc -l";
        Running.Result result = run(identity, "", script);
        // 1, the command, ls and wc: no zombie and no sleep among them.
        assertThat(result.out()).isIn("0\n4\n", "0\n3\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theCommandsSignalIsTheStatus(Identity identity) {
        assertThat(run(identity, "", "kill -KILL $$").status()).isEqualTo(137);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatRunsInTheBackgroundEndsWithTheCommand(Identity identity) {
        assertThat(run(identity, "", "sleep 300 & setsid sleep 300 & exit 4")).isEqualTo(result(4, ""));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigtermReachesTheCommandOnceAsTheStopSignal(Identity identity) {
        Running running = start(
                identity,
                "stop_signal: SIGUSR1\n",
                "trap 'echo usr1; n=x$n' USR1; echo ready\nwhile [ -z \"$n\" ]; do sleep 0.02; done; sleep 0.2; exit 5");
        assertThat(running.says("ready").signal("TERM").finish()).isEqualTo(result(5, "ready\nusr1\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCommandWithoutAHandlerEndsBySigtermWithoutAGracePeriod(Identity identity) {
        Running running = start(identity, "stop_grace_period: 1h\n", "echo ready; exec sleep 300");
        assertThat(running.says("ready").signal("TERM").finish()).isEqualTo(result(143, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCommandThatIgnoresSigtermIsKilledAfterTheGracePeriod(Identity identity) {
        Running running =
                start(identity, "stop_grace_period: 50ms\n", "trap '' TERM; echo ready; while :; do sleep 1; done");
        assertThat(running.says("ready").signal("TERM").finish()).isEqualTo(result(137, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theTimeoutIsKept(Identity identity) {
        assertThat(run(identity, "timeout: 100ms\n", "sleep 300").status()).isEqualTo(124);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void otherSignalsReachTheCommandOnce(Identity identity) {
        Running running = start(
                identity,
                "",
                "for s in HUP INT QUIT USR1 USR2 WINCH; do trap \"echo $s\" $s; done\ntrap 'exit 6' ALRM\n"
                        + "echo ready; while :; do sleep 0.02; done");
        running.says("ready");
        for (String signal : new String[] {"HUP", "INT", "QUIT", "USR1", "USR2", "WINCH"}) {
            running.signal(signal).says(signal + "\n");
        }
        assertThat(running.signal("ALRM").finish()).isEqualTo(result(6, "ready\nHUP\nINT\nQUIT\nUSR1\nUSR2\nWINCH\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void nobodyInsideEndsOrStopsProcessOne(Identity identity) {
        assertThat(run(
                        identity,
                        "",
                        "kill -KILL 1; kill -STOP 1; kill -SEGV 1\ntrap 'echo heard' TERM; kill -TERM 1\n"
                                + "sleep 0.1; exit 3"))
                // What it can be sent it passes on: SIGSEGV ends the command, as it would without an init between.
                .isEqualTo(result(139, ""));
        workshop.close();
        assertThat(run(
                        identity,
                        "",
                        "kill -KILL 1; kill -STOP 1; trap 'echo heard' TERM; kill -TERM 1\n" + "sleep 0.1; exit 3"))
                .isEqualTo(result(3, "heard\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void processOneKeepsNothingAndShowsNothing(Identity identity) {
        String script = "grep -E '^(CapPrm|CapEff|CapInh|NoNewPrivs)' /proc/1/status | tr '\\t' ' '\n"
                + "readlink /proc/1/fd/* || echo no file\nreadlink /proc/1/exe || echo hidden\n"
                + "head -c 1 /proc/1/mem 2>&1 | wc -c";
        Running.Result result = run(identity, "", script);
        assertThat(result.out())
                .startsWith("CapInh: 0000000000000000\nCapPrm: 0000000000000020\nCapEff: 0000000000000020\n"
                        + "NoNewPrivs: 1\nno file\nhidden\n");
    }

    @Test
    void fromOutsideProcessOneHasTheReportChannelOnly() throws Exception {
        Identity.ROOT.require();
        Running running = start(Identity.ROOT, "", "echo ready; exec sleep 300").says("ready");
        long init = Running.childOf(running.pid());
        try (var files = Files.list(Path.of("/proc/" + init + "/fd"))) {
            assertThat(files.map(file -> {
                        try {
                            return Files.readSymbolicLink(file).toString().replaceAll("\\d+", "");
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }))
                    .containsExactly("socket:[]");
        }
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + init + "/cwd"))).hasToString("/");
        running.signal("TERM").finish();
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aLateStepThatIsRefusedIsTold(Identity identity) {
        workshop = Workshop.open(identity);
        Running.Result missing = workshop.run(workshop.launcher("box", INIT + "command: [/no/such]\n"));
        assertThat(missing.status()).isEqualTo(127);
        assertThat(missing.err()).contains(" refused: execute /no/such: ENOENT (No such file or directory)\n");
        Running.Result useless = workshop.run(workshop.launcher("box", INIT + "command: [/etc/passwd]\n"));
        assertThat(useless.status()).isEqualTo(126);
        assertThat(useless.err()).contains(" refused: execute /etc/passwd: EACCES (Permission denied)\n");
        Running.Result limit = workshop.run(
                workshop.launcher("box", INIT + "seccomp: default\ncommand: [/no/such]\nulimits: {nproc: 500}\n"));
        assertThat(limit.status()).isEqualTo(127);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theConfinementOfTheCommandGoesTogetherWithIt(Identity identity) {
        assertThat(run(
                        identity,
                        "seccomp: default\nlandlock: {read: [/], execute: [/], write: [/dev], scope: [signal]}\n"
                                + "ulimits: {nofile: 32}\n",
                        "trap 'exit 9' USR1; kill -USR1 1; sleep 0.2; exit 1"))
                .isEqualTo(result(9, ""));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillOfTheLauncherEndsEverything(Identity identity) {
        Running running = start(identity, "", "echo ready; setsid sleep 300 & exec sleep 300")
                .says("ready");
        assertThat(running.signal("KILL").finish().status()).isEqualTo(137);
    }
}
