package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Phase;
import io.nsbox.plan.Trace;
import io.nsbox.program.Syscall;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The calls that a launcher makes on this machine, each with the step that makes it.
 *
 * @param targets those until the command runs, in the launcher, the sandbox's first process and the guard
 * @param ofLauncher name and number of all that the launcher calls until it ends
 */
record RealCalls(List<InjectedFaults.Target> targets, Set<String> ofLauncher) {
    /** Runs a launcher under strace(1), and finds the calls of the plan among those that it makes. */
    static RealCalls of(Workshop workshop, Path launcher, Trace trace, Starter starter) {
        // Once a process is not dumpable, what its arguments point to is read by root only.
        Requirements.require(Identity.testsAreRoot(), "strace shows all arguments to root only");
        try {
            Path log = Files.createTempFile("nsbox-it-strace", ".log");
            List<Object> words = new ArrayList<>(List.of("strace", "-f", "-s", "4096", "-o", log));
            words.addAll(workshop.identity().prefix());
            words.add(launcher);
            Running.Result result = starter.startAsRoot(Map.of(), words).finish();
            assertThat(result).isEqualTo(new Running.Result(0, "", ""));
            StraceLog straced = StraceLog.read(log);
            Files.delete(log);
            return new Reader(straced, trace).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Reader {
        private final StraceLog log;
        private final Trace trace;
        private final List<InjectedFaults.Target> targets = new ArrayList<>();
        private final Set<String> others = new HashSet<>();

        Reader(StraceLog log, Trace trace) {
            this.log = log;
            this.trace = trace;
        }

        RealCalls read() {
            List<StraceLog.Call> launcher = launcher();
            long sandbox = made(launcher, "clone3");
            add(
                    launcher,
                    Stream.of(Phase.LAUNCHER, Phase.PARENT)
                            .flatMap(phase -> trace.in(phase).stream())
                            .toList());
            add(StraceLog.untilExecuted(log.of(sandbox)), trace.in(Phase.CHILD));
            long guard = 0;
            if (!trace.in(Phase.GUARD).isEmpty()) {
                guard = made(launcher, "clone");
                add(log.of(guard), trace.in(Phase.GUARD));
            }
            for (long process : log.processes().subList(1, log.processes().size())) {
                if (process != sandbox && process != guard) {
                    others.addAll(names(log.of(process)));
                }
            }
            // What newuidmap calls as often cannot be told from what the sandbox does: other recipes meet these.
            targets.removeIf(target -> !target.inLauncher() && others.contains(target.name() + " " + target.number()));
            return new RealCalls(List.copyOf(targets), names(launcher));
        }

        /** What the first process calls when it has become the launcher. */
        private List<StraceLog.Call> launcher() {
            List<StraceLog.Call> calls = log.of(log.processes().get(0));
            int executed = 0;
            for (int i = 0; i < calls.size(); i++) {
                executed = calls.get(i).name().equals("execve") && !calls.get(i).failed() ? i + 1 : executed;
            }
            return calls.subList(executed, calls.size());
        }

        /** The process that such a call made last. */
        private static long made(List<StraceLog.Call> calls, String name) {
            return calls.stream()
                    .filter(call -> call.name().equals(name) && !call.failed())
                    .mapToLong(call -> Long.parseLong(call.result().split(" ")[0]))
                    .reduce((first, last) -> last)
                    .orElseThrow();
        }

        /** Names and numbers, as strace counts. */
        private static Set<String> names(List<StraceLog.Call> calls) {
            Map<String, Integer> counts = new HashMap<>();
            return calls.stream()
                    .map(call -> call.name() + " " + counts.merge(call.name(), 1, Integer::sum))
                    .collect(Collectors.toSet());
        }

        /** Every planned call is made, in this order; what is made between two of them belongs to the step before. */
        private void add(List<StraceLog.Call> made, List<Trace.TracedCall> planned) {
            Map<String, Integer> counts = new HashMap<>();
            int next = 0;
            for (StraceLog.Call call : made) {
                int number = counts.merge(call.name(), 1, Integer::sum);
                Trace.TracedCall plan = next < planned.size() ? planned.get(next) : null;
                if (plan != null && isThat(plan, call)) {
                    add(plan, number, InjectedFaults.isOfTheLongWay(plan));
                    next++;
                } else if (plan != null
                        || call.name().equals("execve")
                        || call.name().equals("faccessat")) {
                    assertThat(next)
                            .as("the first call is planned: " + call.text())
                            .isPositive();
                    Trace.TracedCall before = planned.get(next - 1);
                    String text = call.text().replaceAll("\\b\\d+\\b", "N");
                    add(new Trace.TracedCall(before.step(), before.phase(), syscall(call), text, -1), number, true);
                }
            }
            // A command may end before its guard has come so far, and the launcher dismisses it then.
            assertThat(planned.subList(next, planned.size()).stream()
                            .filter(plan -> plan.phase() != Phase.GUARD || plan.syscall() != Syscall.CLOSE))
                    .as("planned, and not made")
                    .isEmpty();
        }

        private static boolean isThat(Trace.TracedCall plan, StraceLog.Call call) {
            return plan.syscall().word().equals(call.name())
                    && StraceWords.matches(plan.text(), StraceWords.asPlanned(call.text()), new TreeMap<>(), false);
        }

        private static Syscall syscall(StraceLog.Call call) {
            return Stream.of(Syscall.values())
                    .filter(syscall -> syscall.word().equals(call.name()))
                    .findFirst()
                    .orElseThrow();
        }

        private void add(Trace.TracedCall call, int number, boolean longWay) {
            // The guard's close() cannot be met without the sandbox's, and its error is ignored.
            if (call.phase() != Phase.GUARD || call.syscall() != Syscall.CLOSE) {
                targets.add(new InjectedFaults.Target(call, number, longWay));
            }
        }
    }
}
