package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.NumberedStep;
import io.nsbox.plan.Phase;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import io.nsbox.program.Syscall;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A launcher whose calls are refused, one after the other, by strace(1): the message names the step, the status says so, and
 * no process is left.
 */
final class InjectedFaults {
    /** What calls are refused with, and how a message spells it. */
    static final Map<String, String> ERRNOS = Map.of(
            "EPERM", "Operation not permitted",
            "ENOMEM", "Cannot allocate memory",
            "EINTR", "Interrupted system call",
            "ENOSYS", "Function not implemented");

    /**
     * Calls whose error the plan ignores: there may be no terminal to remember and no group to leave, a terminal of the
     * sandbox's own does without a size, and an init lets go of what it has no more than the command.
     */
    private static final Set<String> IGNORED = Set.of(
            "ioctl(0, TIOCGPGRP, &foreground)",
            "ioctl(0, TCGETS, &modes)",
            "setpgid(<guard>, 0)",
            "ioctl(0, TIOCGWINSZ, &size)",
            "ioctl(1, TIOCGWINSZ, &size)",
            "ioctl(1, TCGETS, &modes of the output)",
            "ioctl(<terminal of the sandbox>, TIOCSWINSZ, &size)",
            "close(<terminal of the sandbox>)",
            "close(<master>)");

    /** Calls that have no errors: getpid(2), and exit_group(2), which does not return. */
    private static final Set<Syscall> CANNOT_FAIL = Set.of(Syscall.GETPID, Syscall.EXIT_GROUP);

    /** How the preparing process tells the launcher what it made; where that fails the launcher sees it end without a word. */
    private static final Set<String> WORDLESS = Set.of(
            "write(<report of the sandbox>, &pid, 4)", "recvfrom(<report>, &report, 12, MSG_DONTWAIT, NULL, NULL)");

    private static final AtomicInteger RUNS = new AtomicInteger();

    /**
     * One call of a process.
     *
     * @param number how many calls of the same name the process has made then, from 1
     * @param longWay whether the plan does not show it: it finds or makes a target that is not simply there
     */
    record Target(Trace.TracedCall call, int number, boolean longWay) {
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

    /** One call, and what it is refused with. */
    record Fault(Target target, String errno) {}

    private final Workshop workshop;
    private final Path launcher;
    private final Plan plan;
    private final Starter starter;
    private final List<Target> targets;
    /** The launcher's own calls, which strace would count as some of the others': name and number. */
    private final Set<String> shadows = new HashSet<>();

    private final Path busy;

    private InjectedFaults(Workshop workshop, Path launcher, Plan plan, Starter starter, List<Target> targets) {
        this.workshop = workshop;
        this.launcher = launcher;
        this.plan = plan;
        this.starter = starter;
        this.targets = targets;
        targets.stream()
                .filter(target -> target.inLauncher() && !isIgnored(target.call()))
                .forEach(target -> shadows.add(target.name() + " " + target.number()));
        this.busy = busy(workshop);
    }

    /** A launcher that was compiled in a workshop, and makes the calls of its plan there. */
    static InjectedFaults of(Workshop workshop, Path launcher, Plan plan, Trace trace) {
        return new InjectedFaults(workshop, launcher, plan, Starter.of(workshop), targets(trace));
    }

    /** A launcher whose calls are looked at first: targets that are not simply there take more than the plan shows. */
    static InjectedFaults lookingFirst(Workshop workshop, Path launcher, Plan plan, Trace trace, Starter starter) {
        RealCalls real = RealCalls.of(workshop, launcher, trace, starter);
        InjectedFaults faults = new InjectedFaults(workshop, launcher, plan, starter, real.targets());
        faults.shadows.addAll(real.ofLauncher());
        return faults;
    }

    /** Every call of the launcher and of the processes that it makes, until the command runs. */
    List<Target> targets() {
        return targets;
    }

    /** The step that makes a call. */
    NumberedStep stepOf(Target target) {
        return plan.steps().get(target.call().step() - 1);
    }

    /** Tries faults, several at a time, and fails with all that went wrong. */
    void tryAll(List<Fault> faults) throws InterruptedException {
        tryAll(faults, Runtime.getRuntime().availableProcessors());
    }

    /** Likewise, but one at a time. */
    void tryOneByOne(List<Fault> faults) throws InterruptedException {
        tryAll(faults, 1);
    }

    private void tryAll(List<Fault> faults, int atOnce) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(atOnce);
        try {
            List<Future<?>> checks = new ArrayList<>();
            for (Fault fault : faults) {
                Callable<?> check = () -> {
                    refuse(fault.target(), fault.errno());
                    return null;
                };
                checks.add(pool.submit(check));
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
    }

    private static List<Target> targets(Trace trace) {
        List<Target> targets = new ArrayList<>();
        Map<String, Integer> counts = new HashMap<>();
        for (Trace.TracedCall call : trace.calls()) {
            Phase process = switch (call.phase()) {
                case PARENT -> Phase.LAUNCHER;
                case INIT -> Phase.CHILD;
                default -> call.phase();
            };
            int number = counts.merge(process + " " + call.syscall().word(), 1, Integer::sum);
            // The guard's close() cannot be met without the sandbox's, and its error is ignored.
            boolean unmet = call.phase() == Phase.GUARD && call.syscall() == Syscall.CLOSE;
            if (!unmet && !CANNOT_FAIL.contains(call.syscall())) {
                targets.add(new Target(call, number, isOfTheLongWay(call)));
            }
        }
        return targets;
    }

    private void refuse(Target target, String errno) throws IOException {
        Path log = Files.createTempFile("nsbox-it-strace", ".log");
        Files.setAttribute(log, "unix:mode", 0666);
        String mark = workshop.mark() + "-" + RUNS.incrementAndGet();
        Running.Result result = starter.start(Map.of(Workshop.MARK, mark), words(target, errno, log))
                .finish();
        while (result.err().contains("strace: Failed to tamper with process")) {
            // It was killed by another just then.
            result = starter.start(Map.of(Workshop.MARK, mark), words(target, errno, log))
                    .finish();
        }
        check(target, errno, result, log, mark);
    }

    private void check(Target target, String errno, Running.Result result, Path log, String mark) throws IOException {
        String what = errno + " for " + target + "\n" + result + "\n" + Files.readString(log);
        assertThat(Files.readString(log)).as(what).contains("(INJECTED)");
        Files.delete(log);
        Leftovers.assertNoProcess(mark, what);
        boolean interrupted = errno.equals("EINTR") && target.name().equals("wait4");
        // Where a command is looked for and not found it may be in the next folder of the PATH.
        boolean search = target.name().equals("faccessat") && !target.inLauncher();
        boolean another = search && result.status() == 0;
        if (isLetPass(target, errno) || interrupted || another) {
            assertThat(result).as(what).isEqualTo(new Running.Result(0, "", ""));
            return;
        }
        boolean execution = search || target.name().equals("execve");
        assertThat(result.status()).as(what).isEqualTo(execution ? 126 : 125);
        assertThat(result.out()).as(what).isEmpty();
        // The guard's wait, which is no part of the set-up, is the same call.
        boolean guardToo = target.name().equals("ppoll") && !target.inLauncher();
        if (guardToo && result.err().contains(" refused: guard the sandbox: " + errno + " (")) {
            return;
        }
        // The sandbox and the guard run at once: where both meet the errno, either may be the first to tell.
        Target told = targets.stream()
                .filter(other -> !target.inLauncher()
                        && !other.inLauncher()
                        && (other.isCountedAs(target) || other.call().phase() == Phase.GUARD))
                .filter(other -> result.err()
                        .startsWith("nsbox: error: step " + other.call().step() + " of "))
                .findFirst()
                .orElse(target);
        NumberedStep step = stepOf(told);
        assertThat(withoutHelpersWords(target, result.err()))
                .as(what)
                .startsWith("nsbox: error: step " + step.number() + " of "
                        + plan.steps().size() + " refused: " + step.step().title() + ": " + shown(told, errno) + "\n")
                .contains(
                        "= note: the call was " + (target.longWay() ? "" : callThatTells(told, target, search) + "("));
        step.step()
                .cause()
                .ifPresent(cause -> assertThat(result.err())
                        .as(what)
                        .contains("--> " + spec() + ":" + cause.line() + ":" + cause.column() + "\n")
                        .contains(" " + cause.line() + " | " + cause.text() + "\n"));
    }

    /** A helper for which the launcher cannot wait may find the sandbox gone, and says so too. */
    private static String withoutHelpersWords(Target target, String err) {
        return target.call().text().startsWith("wait4(<helper>")
                ? err.replaceFirst("^new[ug]idmap: Could not open proc directory for target \\d+\n", "")
                : err;
    }

    /** The errno that is told: of a terminal that cannot be unlocked it is that of the next call, which opens it. */
    private static String shown(Target told, String errno) {
        String call = told.call().text();
        if (WORDLESS.contains(call)) {
            return "ECHILD (No child processes)";
        }
        return call.contains("TIOCSPTLCK") ? "EIO (Input/output error)" : errno + " (" + ERRNOS.get(errno) + ")";
    }

    /** The call by which a refusal is told: a link that cannot be read cannot be made, as a command cannot be executed. */
    private static String callThatTells(Target told, Target target, boolean search) {
        if (WORDLESS.contains(told.call().text())) {
            return "wait4";
        }
        return switch (target.name()) {
            case "readlinkat" -> "symlinkat";
            case "faccessat" -> search ? "execve" : "faccessat";
            default -> target.name();
        };
    }

    private String spec() {
        return plan.file().substring(plan.file().lastIndexOf('/') + 1);
    }

    /** Whether the plan ignores the error, or has another way. */
    private static boolean isLetPass(Target target, String errno) {
        String call = target.call().text();
        // A filter that hides keys, and a kernel without them, are let pass: no spec asks for the keyring.
        boolean keyring =
                target.name().equals("keyctl") && Set.of("EPERM", "ENOSYS").contains(errno);
        // Groups stay where they may not be dropped.
        boolean groups = call.equals("setgroups(0, NULL)") && errno.equals("EPERM");
        // A container's filter that does not know clone3(2): clone(2) makes all but time namespaces.
        boolean clone = call.startsWith("clone3(") && errno.equals("ENOSYS") && !call.contains("CLONE_NEWTIME");
        // The upper folder of an overlay is the caller's where its owner is not mapped; umask(2) never fails.
        boolean never = target.name().equals("fchownat") || restoresTheUmask(target);
        return never || isIgnored(target.call()) || keyring || groups || clone || hasALongWay(target);
    }

    private static boolean isIgnored(Trace.TracedCall call) {
        boolean lets = call.phase() == Phase.INIT && call.syscall() != Syscall.CLOSE_RANGE;
        return lets || IGNORED.contains(call.text());
    }

    /** Where targets are made every other call brings back the umask; the one before it is refused like any other. */
    private static boolean restoresTheUmask(Target target) {
        return target.name().equals("umask") && target.longWay() && target.number() % 2 == 0;
    }

    /** Whether the call is one of those that find or make a target: a refusal tells the target and not the call. */
    static boolean isOfTheLongWay(Trace.TracedCall call) {
        String text = call.text();
        return text.startsWith("openat2(<root>, ") && !text.contains("RESOLVE_NO_SYMLINKS")
                || Stream.of(
                                "<parent>",
                                "<folder above>",
                                "<mount>, \"\", AT_EMPTY_PATH, STATX",
                                "<target>, &file system",
                                "<tree>, \"\", AT_EMPTY_PATH, STATX_TYPE")
                        .anyMatch(text::contains)
                || text.contains(", STATX_INO")
                || text.contains("{attr_clr=MOUNT_ATTR_RDONLY}")
                || text.equals("umask(0)")
                || text.equals("umask(<umask>)");
    }

    /** Whether the call is the short way to a target, whose long way is taken when it is refused: see Targets. */
    private static boolean hasALongWay(Target target) {
        String call = target.call().text();
        boolean isTarget = call.startsWith("openat2(<root>, ") && call.contains("RESOLVE_NO_SYMLINKS");
        // These are trusted by their paths, so no way that follows links is taken.
        boolean isPlain = List.of("/proc", "/sys", "/dev").stream().anyMatch(path -> call.contains("\"" + path + "\""));
        return isTarget && !isPlain;
    }

    /**
     * strace counts the calls of each process. A call of the launcher is met without following its child. A call of the child
     * that the launcher makes as many times would be refused to the launcher first: there another program makes harmless calls
     * of that name before it becomes the launcher, so that the launcher's come later in the count. It is static, and so makes
     * none on its own account that could be meant.
     */
    private List<Object> words(Target target, String errno, Path log) {
        String inject = "inject=" + target.name() + ":error=" + errno + ":when=" + target.number();
        List<Object> words =
                new ArrayList<>(List.of("strace", "-o", log, "-e", "trace=" + target.name(), "-e", inject));
        boolean shadowed = !target.inLauncher() && shadows.contains(target.name() + " " + target.number());
        if (!target.inLauncher()) {
            words.add("-f");
        }
        if (shadowed) {
            int number = target.call().syscall().number(Workshop.arch());
            words.addAll(List.of(busy, number, target.number()));
        }
        if (target.name().equals("execve")) {
            // The first is strace's own, of the launcher.
            words.set(words.indexOf(inject), inject.replaceAll("when=\\d+", "when=1"));
        }
        words.add(launcher);
        return words;
    }

    private static Path busy(Workshop workshop) {
        Requirements.requireProgram("cc");
        workshop.file(
                "busy.c",
                "#define _GNU_SOURCE\n#include <stdlib.h>\n#include <unistd.h>\nint main(int argc, char **argv) {\n"
                        + "  for (int i = atoi(argv[2]); i > 0; i--) syscall(atoi(argv[1]), 9999, -1L, 0, 0, 0, 0);\n"
                        + "  return execv(argv[3], argv + 3);\n}\n");
        Path busy = workshop.folder().resolve("busy");
        assertThat(workshop.run("cc", "-static", "-o", busy, "busy.c")).isEqualTo(new Running.Result(0, "", ""));
        return busy;
    }

    /** All errnos for each of these calls. */
    static List<Fault> everyErrno(List<Target> targets) {
        return targets.stream()
                .flatMap(target -> ERRNOS.keySet().stream().sorted().map(errno -> new Fault(target, errno)))
                .toList();
    }
}
