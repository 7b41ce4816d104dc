package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Caller;
import io.nsbox.plan.Phase;
import io.nsbox.plan.Trace;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What signals do that reach the launcher, and what its exit status says of them. */
class SignalsIT {
    private static final String PLAIN = "namespaces: [user, uts]\n";
    private static final String AS_INIT = "namespaces: [user, pid]\n";
    private static final String SLEEP = "command: [sh, -c, echo ready; exec sleep 300]\n";

    private Workshop workshop;

    private Running start(Identity identity, String spec) {
        workshop = Workshop.open(identity);
        return workshop.start("env", "--default-signal=HUP", workshop.launcher("box", spec))
                .says("ready");
    }

    @AfterEach
    void nothingIsLeft() {
        if (workshop != null) {
            try (Workshop closing = workshop) {
                Leftovers.assertNoProcess(closing.mark(), "the test");
            }
        }
    }

    /** A command that answers each signal of its list by a line, and ends with 9 at the second SIGTERM. */
    private static String listening(String namespaces, String... more) {
        return namespaces + String.join("", more)
                + "command:\n  - sh\n  - -c\n  - |\n"
                + "    for s in HUP INT QUIT USR1 USR2 WINCH; do trap \"echo $s\" $s; done\n"
                + "    trap 'n=$((n+1)); echo TERM $n; [ $n = 1 ] || exit 9' TERM\n"
                + "    echo ready; while :; do sleep 0.02; done\n";
    }

    private static Running.Result result(int status, String out) {
        return new Running.Result(status, out, "");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigtermEndsACommandThatDoesNotMind(Identity identity) {
        Running running = start(identity, PLAIN + SLEEP);
        assertThat(running.signal("TERM").finish()).isEqualTo(result(143, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigtermKillsAPidOneWithoutAHandlerAfterTheGracePeriod(Identity identity) {
        Running running = start(identity, AS_INIT + "stop_grace_period: 50ms\n" + SLEEP);
        assertThat(running.signal("TERM").finish()).isEqualTo(result(137, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void withoutAGracePeriodSigtermKillsAtOnce(Identity identity) {
        Running running = start(identity, AS_INIT + "stop_grace_period: 0s\n" + SLEEP);
        assertThat(running.signal("TERM").finish()).isEqualTo(result(137, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aHandlerOfPidOneDecidesWhatSigtermMeansAndHearsEachOne(Identity identity) {
        Running running = start(identity, listening(AS_INIT));
        running.signal("TERM").says("TERM 1").signal("TERM");
        assertThat(running.finish()).isEqualTo(result(9, "ready\nTERM 1\nTERM 2\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theStopSignalTakesThePlaceOfSigterm(Identity identity) {
        Running running = start(identity, listening(AS_INIT, "stop_signal: USR2\n", "stop_grace_period: 200ms\n"));
        running.signal("TERM").says("USR2");
        assertThat(running.finish()).isEqualTo(result(137, "ready\nUSR2\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatIsNotSigtermIsPassedOnOnceAsItIs(Identity identity) {
        for (String namespaces : List.of(PLAIN, AS_INIT)) {
            Running running = start(identity, listening(namespaces));
            for (String signal : List.of("USR1", "HUP", "INT", "QUIT", "WINCH", "USR2")) {
                running.signal(signal).says(signal + "\n");
            }
            running.signal("TERM").says("TERM 1").signal("TERM");
            assertThat(running.finish())
                    .isEqualTo(result(9, "ready\nUSR1\nHUP\nINT\nQUIT\nWINCH\nUSR2\nTERM 1\nTERM 2\n"));
            workshop.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSignalThatPidOneDoesNotHandleEndsItAsItWouldAnyOther(Identity identity) {
        Map<String, Integer> statuses = Map.of("INT", 130, "HUP", 129, "QUIT", 131);
        for (String namespaces : List.of(PLAIN, AS_INIT)) {
            statuses.forEach((signal, status) -> {
                Running running = start(identity, namespaces + SLEEP);
                assertThat(running.signal(signal).finish()).as(signal).isEqualTo(result(status, "ready\n"));
                workshop.close();
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSignalThatPidOneIgnoresOrBlocksDoesNotEndIt(Identity identity) {
        Running running = start(
                identity,
                AS_INIT + "command: [sh, -c, 'trap \"\" INT; trap \"exit 4\" USR1; echo ready;"
                        + " while :; do sleep 0.02; done']\n");
        running.signal("INT").signal("INT").signal("USR1");
        assertThat(running.finish()).isEqualTo(result(4, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void stoppingTheLauncherStopsTheCommandAndContinuingGoesOn(Identity identity) {
        Requirements.requireProgram("bash");
        for (String namespaces : List.of(PLAIN, AS_INIT)) {
            workshop = Workshop.open(identity);
            // The kernel does not stop a process group that is orphaned (setpgid(2)); a shell with job control keeps it
            // from that.
            Running running = workshop.start(
                            "bash",
                            "-c",
                            "set -m; \"$0\" & while kill -0 $! 2>&-; do wait $!; done",
                            workshop.launcher("box", namespaces + SLEEP))
                    .says("ready");
            long launcher = Running.childOf(running.pid());
            long command = Running.childOf(launcher);
            Running.signal("TSTP", launcher);
            running.await("both are stopped", () -> state(command) == 'T' && state(launcher) == 'T');
            Running.signal("CONT", launcher);
            running.await("both go on", () -> state(command) == 'S' && state(launcher) == 'S');
            Running.signal("INT", launcher);
            assertThat(running.finish().out()).isEqualTo("ready\n");
            workshop.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aTimeoutEndsWith124WhateverTheCommandDoes(Identity identity) {
        String limit = "timeout: 300ms\nstop_grace_period: 50ms\n";
        assertThat(start(identity, PLAIN + limit + SLEEP).finish()).isEqualTo(result(124, "ready\n"));
        workshop.close();
        assertThat(start(identity, AS_INIT + limit + SLEEP).finish()).isEqualTo(result(124, "ready\n"));
        workshop.close();
        String deaf = "command: [sh, -c, 'trap \"\" TERM; echo ready; while :; do sleep 0.02; done']\n";
        assertThat(start(identity, PLAIN + limit + deaf).finish().status()).isEqualTo(124);
        workshop.close();
        String polite =
                "command: [sh, -c, 'trap \"echo bye; exit 3\" TERM; echo ready; while :; do sleep 0.02; done']\n";
        assertThat(start(identity, AS_INIT + limit + polite).finish()).isEqualTo(result(124, "ready\nbye\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aTimeoutDoesNotTouchACommandThatEndsInTime(Identity identity) {
        Running running = start(identity, AS_INIT + "timeout: 1h\ncommand: [sh, -c, echo ready; exit 5]\n");
        assertThat(running.finish()).isEqualTo(result(5, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aTimeoutReachesACommandThatIsStopped(Identity identity) {
        Running running =
                start(identity, PLAIN + "timeout: 500ms\ncommand: [sh, -c, 'echo ready; kill -STOP $$; sleep 300']\n");
        assertThat(running.finish()).isEqualTo(result(124, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSignalThatEndsTheCommandShowsAs128AndItsNumber(Identity identity) {
        Map<String, Integer> statuses = Map.of("SEGV", 139, "KILL", 137, "ABRT", 134, "USR1", 138);
        statuses.forEach((signal, status) -> {
            Running running = start(identity, PLAIN + "command: [sh, -c, echo ready; kill -" + signal + " $$]\n");
            assertThat(running.finish().status()).as(signal).isEqualTo(status);
            workshop.close();
        });
        Running running = start(identity, AS_INIT + SLEEP);
        Running.signal("KILL", Running.childOf(running.pid()));
        assertThat(running.finish()).isEqualTo(result(137, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void nohupReachesTheCommand(Identity identity) {
        workshop = Workshop.open(identity);
        Running running =
                workshop.start("nohup", workshop.launcher("box", PLAIN + SLEEP)).says("ready");
        long command = Running.childOf(running.pid());
        assertThat(signals(command, "SigIgn")).isEqualTo(1);
        running.signal("HUP").signal("TERM");
        assertThat(running.finish().status()).isEqualTo(143);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theCommandStartsWithoutTheCallersMaskAndDispositions(Identity identity) {
        workshop = Workshop.open(identity);
        Running running = workshop.start(
                        "env",
                        "--default-signal=HUP",
                        "--ignore-signal=INT,PIPE,CHLD,USR1",
                        "--block-signal=TERM,INT,CHLD,USR2",
                        workshop.launcher("box", PLAIN + SLEEP))
                .says("ready");
        long command = Running.childOf(running.pid());
        assertThat(signals(command, "SigIgn")).isZero();
        assertThat(signals(command, "SigBlk")).isZero();
        assertThat(running.signal("TERM").finish()).isEqualTo(result(143, "ready\n"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCallerThatIgnoresSigchldStillGetsTheStatus(Identity identity) {
        workshop = Workshop.open(identity);
        Path launcher = workshop.launcher("box", AS_INIT + "command: [sh, -c, exit 3]\n");
        assertThat(workshop.run("env", "--ignore-signal=CHLD", launcher)).isEqualTo(result(3, ""));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillOfTheLauncherEndsASandboxWithAPidNamespaceAndAllThatItStarted(Identity identity) {
        Running running = start(
                identity,
                AS_INIT + "command: [sh, -c, 'sleep 300 & setsid sleep 300 & (sleep 300 &) ; echo ready; wait']\n");
        running.await("all are there", () -> Leftovers.marked(workshop.mark()).size() == 6);
        assertThat(running.signal("KILL").finish().status()).isEqualTo(137);
        Leftovers.assertNoProcess(workshop.mark(), "SIGKILL of the launcher");
    }

    /** The kernel forgets PR_SET_PDEATHSIG then (prctl(2)), and the command may clear it itself. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillOfTheLauncherEndsAPidOneThatHasCutItsOwnTie(Identity identity) {
        Requirements.requireProgram("perl");
        int prctl = io.nsbox.program.Syscall.PRCTL.number(Workshop.arch());
        Running running = start(
                identity,
                AS_INIT + "command: [perl, -e, '$| = 1; syscall(" + prctl
                        + ", 1, 0, 0, 0, 0); print qq(ready\\n); sleep 300']\n");
        assertThat(running.signal("KILL").finish().status()).isEqualTo(137);
        Leftovers.assertNoProcess(workshop.mark(), "SIGKILL of the launcher");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "namespaces: [pid]\n",
                "namespaces: [user, pid]\nuid_map: [{inside: 0, outside: 0, count: 2000}]\n"
                        + "gid_map: [{inside: 0, outside: 0, count: 2000}]\n"
            })
    void sigkillOfTheLauncherEndsAPidOneThatHasChangedItsIds(String namespaces) {
        Requirements.requireProgram("setpriv");
        Running running = start(
                Identity.ROOT,
                namespaces + "command: [setpriv, --reuid, '1000', --regid, '1000', --clear-groups, sh, -c,"
                        + " echo ready; exec sleep 300]\n");
        assertThat(running.signal("KILL").finish().status()).isEqualTo(137);
        Leftovers.assertNoProcess(workshop.mark(), "SIGKILL of the launcher");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillOfTheWholeProcessGroupLeavesNothing(Identity identity) {
        Requirements.requireProgram("setsid");
        workshop = Workshop.open(identity);
        Path launcher = workshop.launcher("box", AS_INIT + "command: [setsid, sh, -c, echo ready; exec sleep 300]\n");
        Running running = workshop.start("setsid", launcher).says("ready");
        Running.signalGroup("KILL", running.pid());
        assertThat(running.finish().status()).isEqualTo(137);
        Leftovers.assertNoProcess(workshop.mark(), "SIGKILL of the launcher's group");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillOfTheLauncherEndsTheCommandAlsoWithoutAPidNamespace(Identity identity) {
        Running running = start(identity, PLAIN + SLEEP);
        assertThat(running.signal("KILL").finish().status()).isEqualTo(137);
    }

    /** The launcher dies at its own calls, one after the other. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillAtAnyCallOfTheLauncherLeavesNothing(Identity identity) {
        Requirements.requireProgram("strace");
        workshop = Workshop.open(identity);
        Path launcher = workshop.launcher("box", AS_INIT + "uid_map: root\n" + SLEEP);
        Map<String, Integer> counts = new HashMap<>();
        for (Trace.TracedCall call : trace(identity).calls()) {
            if (call.phase() != Phase.LAUNCHER && call.phase() != Phase.PARENT) {
                continue;
            }
            String name = call.syscall().word();
            int number = counts.merge(name, 1, Integer::sum);
            if (name.equals("rt_sigaction") && number > 3) {
                continue;
            }
            Running.Result result = workshop.run(
                    "strace", "-o", "/dev/null", "-e", "inject=" + name + ":signal=KILL:when=" + number, launcher);
            assertThat(result.status()).as(call.text()).isEqualTo(137);
            Leftovers.assertNoProcess(workshop.mark(), "SIGKILL at " + call.text());
        }
    }

    /** The launcher dies while its child is held at each of its calls. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillOfTheLauncherAtAnyCallOfTheSandboxLeavesNothing(Identity identity) {
        Requirements.requireProgram("strace");
        workshop = Workshop.open(identity);
        Path launcher = workshop.launcher("box", AS_INIT + "uid_map: root\n" + SLEEP);
        Map<String, Integer> counts = new HashMap<>();
        for (Trace.TracedCall call : trace(identity).calls()) {
            if (call.phase() != Phase.CHILD) {
                continue;
            }
            String name = call.syscall().word();
            int number = counts.merge(name, 1, Integer::sum);
            int delay = 250_000;
            while (!killedWhile(call, number, launcher, delay)) {
                assertThat(delay).as("nobody was fast enough at " + call.text()).isLessThan(8_000_000);
                delay *= 2;
            }
            Leftovers.assertNoProcess(workshop.mark(), "SIGKILL while the sandbox is at " + call.text());
        }
    }

    /** Whether the launcher was killed before the command ran. */
    private boolean killedWhile(Trace.TracedCall call, int number, Path launcher, int delay) {
        Running strace = workshop.start(
                "strace",
                "-f",
                "-o",
                "/dev/null",
                "-e",
                "inject=" + call.syscall().word() + ":delay_enter=" + delay + ":when=" + number,
                launcher);
        String held = call.syscall().number(Workshop.arch()) + " ";
        strace.await(
                "the sandbox is held at " + call.text(),
                () -> strace.out().contains("ready")
                        || Running.childrenOf(strace.pid()).stream()
                                .flatMap(pid -> Running.childrenOf(pid).stream())
                                .anyMatch(child -> read(child, "syscall").startsWith(held)));
        Running.signal("KILL", Running.childOf(strace.pid()));
        Running.Result result = strace.finish();
        assertThat(result.status()).as(call.text()).isEqualTo(137);
        return result.out().isEmpty();
    }

    private Trace trace(Identity identity) {
        return Trace.of(
                Workshop.plan(workshop.folder().resolve("box.yaml")),
                Workshop.arch(),
                new Caller(identity.id(), identity.id(), identity == Identity.ROOT));
    }

    private static char state(long pid) {
        String stat = read(pid, "stat");
        return stat.isEmpty() ? '-' : stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException e) {
            return "";
        }
    }

    private static long signals(long pid, String set) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith(set + ":"))
                .mapToLong(
                        line -> Long.parseLong(line.substring(set.length() + 1).strip(), 16))
                .findFirst()
                .orElseThrow();
    }
}
