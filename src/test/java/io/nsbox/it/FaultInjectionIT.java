package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Caller;
import io.nsbox.plan.NumberedStep;
import io.nsbox.plan.Phase;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import io.nsbox.program.Syscall;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every call of the launcher of specs/all.yaml, refused by strace(1) with one errno after the other: the message names the
 * step, the status says so, and nothing is left.
 */
class FaultInjectionIT {
    private static final Map<String, String> ERRNOS = Map.of(
            "EPERM", "Operation not permitted",
            "ENOMEM", "Cannot allocate memory",
            "EINTR", "Interrupted system call",
            "ENOSYS", "Function not implemented");

    /** Calls whose error the plan ignores: there may be no terminal to remember, and no group to leave. */
    private static final Set<String> IGNORED = Set.of("ioctl(0, TIOCGPGRP, &foreground)", "setpgid(0, 0)");

    /** Who runs the tests at the same time must not be seen as a leftover: these are looked at when all is done. */
    private static final int PARALLEL = 2;

    /**
     * One call of a process.
     *
     * @param number how many calls of the same name the process has made then, from 1
     */
    private record Target(Trace.TracedCall call, int number) {
        String name() {
            return call.syscall().word();
        }

        /** Whether the launcher itself makes it; else a process that it made does. */
        boolean inLauncher() {
            return call.phase() == Phase.LAUNCHER || call.phase() == Phase.PARENT;
        }

        /** Whether strace, which counts the calls of each process, takes the one for the other. */
        boolean isCountedAs(Target other) {
            return name().equals(other.name()) && number == other.number;
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void everyCallThatIsRefusedIsToldByItsStepAndNothingStays(Identity identity) throws Exception {
        Requirements.requireProgram("strace");
        Requirements.requireProgram("perl");
        try (Workshop workshop = Workshop.open(identity)) {
            String spec = Files.readString(Workshop.PROJECT.resolve("specs/all.yaml"))
                    .replace("command: [sh]", "command: [/bin/true]");
            Path launcher = workshop.launcher("all", spec);
            Plan plan = Workshop.plan(workshop.folder().resolve("all.yaml"));
            Trace trace = Trace.of(
                    plan, Workshop.arch(), new Caller(identity.id(), identity.id(), identity == Identity.ROOT));
            List<Target> targets = targets(trace);
            assertThat(targets).hasSizeGreaterThan(90);
            Leftovers before = Leftovers.now(workshop.folder());
            ExecutorService pool = Executors.newFixedThreadPool(PARALLEL);
            try {
                List<Future<?>> checks = new ArrayList<>();
                for (Target target : targets) {
                    for (String errno : ERRNOS.keySet()) {
                        Callable<?> check = () -> {
                            refuse(workshop, launcher, plan, targets, target, errno);
                            return null;
                        };
                        checks.add(pool.submit(check));
                    }
                }
                List<String> wrong = new ArrayList<>();
                for (Future<?> check : checks) {
                    try {
                        check.get();
                    } catch (ExecutionException e) {
                        wrong.add(String.valueOf(e.getCause()));
                    }
                }
                assertThat(wrong).as("of " + checks.size()).isEmpty();
            } finally {
                pool.shutdownNow();
            }
            Leftovers.assertNoProcess(workshop.mark(), "all of them");
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
            int started = calls.stream().map(StraceLog.Call::name).toList().indexOf("clone") + 1;
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
                for (String errno : ERRNOS.keySet()) {
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

    private static List<Target> targets(Trace trace) {
        List<Target> targets = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (Trace.TracedCall call : trace.calls()) {
            String process =
                    call.phase() == Phase.CHILD || call.phase() == Phase.GUARD ? call.phase() + " " : "launcher ";
            int number = counts.merge(process + call.syscall().word(), 1, Integer::sum);
            // The guard's close() cannot be met without the sandbox's, and its error is ignored.
            if (call.phase() != Phase.GUARD || call.syscall() != Syscall.CLOSE) {
                targets.add(new Target(call, number));
            }
        }
        return targets;
    }

    private static final AtomicInteger RUNS = new AtomicInteger();

    private static void refuse(
            Workshop workshop, Path launcher, Plan plan, List<Target> targets, Target target, String errno)
            throws IOException {
        Path log = Files.createTempFile("nsbox-it-strace", ".log");
        Files.setAttribute(log, "unix:mode", 0666);
        String mark = workshop.mark() + "-" + RUNS.incrementAndGet();
        Running.Result result = workshop.start(
                        Map.of(Workshop.MARK, mark), words(launcher, targets, target, errno, log))
                .finish();
        String what = errno + " for " + target + "\n" + result + "\n" + Files.readString(log);
        assertThat(Files.readString(log)).as(what).contains("(INJECTED)");
        Files.delete(log);
        Leftovers.assertNoProcess(mark, what);
        String call = target.call().text();
        // A filter that hides keys, and a kernel without them, are let pass: no spec asks for the keyring. Groups stay
        // where they may not be dropped.
        boolean letPass =
                target.name().equals("keyctl") && Set.of("EPERM", "ENOSYS").contains(errno)
                        || call.equals("setgroups(0, NULL)") && errno.equals("EPERM");
        if (IGNORED.contains(call) || letPass) {
            assertThat(result).as(what).isEqualTo(new Running.Result(0, "", ""));
            return;
        }
        boolean notFound = target.name().equals("execve");
        assertThat(result.status()).as(what).isEqualTo(notFound ? 126 : 125);
        assertThat(result.out()).as(what).isEmpty();
        // The sandbox and the guard run at once: where both meet the errno, either may be the first to tell.
        Target told = targets.stream()
                .filter(other -> !target.inLauncher()
                        && !other.inLauncher()
                        && (other.isCountedAs(target) || other.call().phase() == Phase.GUARD))
                .filter(other -> result.err()
                        .startsWith("nsbox: error: step " + other.call().step() + " of "))
                .findFirst()
                .orElse(target);
        NumberedStep step = plan.steps().get(told.call().step() - 1);
        assertThat(result.err())
                .as(what)
                .startsWith("nsbox: error: step " + step.number() + " of "
                        + plan.steps().size() + " refused: " + step.step().title() + ": " + errno + " ("
                        + ERRNOS.get(errno) + ")\n")
                .contains("= note: the call was " + target.name() + "(");
        step.step()
                .cause()
                .ifPresent(cause -> assertThat(result.err())
                        .as(what)
                        .contains("--> all.yaml:" + cause.line() + ":" + cause.column() + "\n")
                        .contains(" " + cause.line() + " | " + cause.text() + "\n"));
    }

    /**
     * strace counts the calls of each process. A call of the launcher is met without following its child. A call of the child
     * that the launcher makes as many times would be refused to the launcher first: there perl(1) makes harmless calls of that
     * name before it becomes the launcher, so that the launcher's come later in the count.
     */
    private static Object[] words(Path launcher, List<Target> targets, Target target, String errno, Path log) {
        String inject = "inject=" + target.name() + ":error=" + errno + ":when=" + target.number();
        List<Object> words =
                new ArrayList<>(List.of("strace", "-o", log, "-e", "trace=" + target.name(), "-e", inject));
        boolean shadowed = !target.inLauncher()
                && targets.stream()
                        .anyMatch(other -> other.inLauncher()
                                && other.isCountedAs(target)
                                && !IGNORED.contains(other.call().text()));
        if (!target.inLauncher()) {
            words.add("-f");
        }
        if (shadowed) {
            int number = target.call().syscall().number(Workshop.arch());
            words.addAll(List.of(
                    "perl", "-e", "syscall(" + number + ", 9999, 0, 0, 0) for 1.." + target.number() + "; exec @ARGV"));
        }
        if (target.name().equals("execve")) {
            // The first is strace's own, of the launcher.
            words.set(words.indexOf(inject), inject.replaceAll("when=\\d+", "when=1"));
        }
        words.add(launcher);
        return words.toArray();
    }
}
