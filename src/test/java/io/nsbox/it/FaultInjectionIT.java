package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Caller;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every call of the launcher of specs/all.yaml, refused by strace(1) with one errno after the other: the message names the
 * step, the status says so, and nothing is left.
 */
class FaultInjectionIT {
    @ParameterizedTest
    @EnumSource(Identity.class)
    void everyCallThatIsRefusedIsToldByItsStepAndNothingStays(Identity identity) throws Exception {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            String spec = Files.readString(Workshop.PROJECT.resolve("specs/all.yaml"))
                    .replace("command: [sh]", "command: [/bin/true]");
            Path launcher = workshop.launcher("all", spec);
            Plan plan = Workshop.plan(workshop.folder().resolve("all.yaml"));
            Trace trace = Trace.of(
                    plan, Workshop.arch(), new Caller(identity.id(), identity.id(), identity == Identity.ROOT));
            InjectedFaults faults = InjectedFaults.of(workshop, launcher, plan, trace);
            assertThat(faults.targets()).hasSizeGreaterThan(90);
            Leftovers before = Leftovers.now(workshop.folder());
            faults.tryAll(InjectedFaults.everyErrno(faults.targets()));
            before.assertUnchanged(workshop.folder(), "all of them");
        }
    }

    /** What the launcher calls while it supervises a PID 1 that ignores SIGTERM, until it has killed that and ended. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void supervisionThatIsRefusedACallStillEndsTheSandbox(Identity identity) throws IOException {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "stubborn",
                    "namespaces: [user, pid]\nstop_grace_period: 100ms\ncommand: [sh, -c, echo ready; exec sleep 300]\n");
            List<StraceLog.Call> calls = stop(workshop, launcher, "trace=all").calls();
            // What comes before the word to go on belongs to the set-up.
            int started = calls.stream()
                            .map(call -> call.text().contains("\"go\""))
                            .toList()
                            .indexOf(true)
                    + 1;
            assertThat(calls.subList(started, calls.size()).stream()
                            .map(StraceLog.Call::name)
                            .distinct())
                    .contains(
                            "ppoll",
                            "read",
                            "pidfd_send_signal",
                            "timerfd_create",
                            "timerfd_settime",
                            "waitid",
                            "recvfrom");
            for (int i = started; i < calls.size(); i++) {
                StraceLog.Call call = calls.get(i);
                long number = calls.subList(0, i + 1).stream()
                        .filter(other -> other.name().equals(call.name()))
                        .count();
                // exit_group(2) does not return, so it cannot be refused.
                if (call.name().equals("exit_group")) {
                    continue;
                }
                for (String errno : InjectedFaults.ERRNOS.keySet()) {
                    Stopped stopped =
                            stop(workshop, launcher, "inject=" + call.name() + ":error=" + errno + ":when=" + number);
                    String what = errno + " for " + call.text() + ": " + stopped;
                    assertThat(stopped.calls()).as(what).anyMatch(StraceLog.Call::injected);
                    if (call.text().startsWith("waitid(P_PIDFD") && !errno.equals("EINTR")) {
                        assertThat(stopped.result().status()).as(what).isEqualTo(125);
                        assertThat(stopped.result().err())
                                .as(what)
                                .isEqualTo("nsbox: error: waitid() failed: status lost\n");
                    } else if (call.name().equals("ppoll") && !errno.equals("EINTR")) {
                        // Without ppoll no signal could be passed on: the sandbox is killed at once.
                        assertThat(stopped.result().status()).as(what).isEqualTo(125);
                        assertThat(stopped.result().err())
                                .as(what)
                                .isEqualTo("nsbox: error: ppoll() failed: sandbox ended\n");
                    } else {
                        assertThat(stopped.result()).as(what).isEqualTo(new Running.Result(137, "ready\n", ""));
                    }
                    Leftovers.assertNoProcess(workshop.mark(), what);
                }
            }
        }
    }

    private record Stopped(Running.Result result, List<StraceLog.Call> calls) {}

    /** Runs a launcher under strace, and sends it SIGTERM as soon as its command is ready. */
    private static Stopped stop(Workshop workshop, Path launcher, String expression) throws IOException {
        Path log = Files.createTempFile("nsbox-it-strace", ".log");
        Files.setAttribute(log, "unix:mode", 0666);
        Running strace = workshop.start("strace", "-o", log, "-e", expression, launcher);
        strace.await("it is ready or has ended", () -> strace.out().contains("ready") || !strace.isAlive());
        for (long launched : Running.childrenOf(strace.pid())) {
            Running.signal("TERM", launched);
        }
        Running.Result result = strace.finish();
        List<StraceLog.Call> calls = StraceLog.read(log).ofFirst();
        Files.delete(log);
        return new Stopped(result, calls);
    }
}
