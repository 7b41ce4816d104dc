package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A launcher whose calls are looked at, and then refused, one after the other, by strace(1): for launchers whose calls no plan
 * of a spec tells. Every refusal is told as a refused step, and no process is left.
 */
final class SeenFaults {
    /**
     * Calls that have no errors. After close(2) a file is closed also where it tells an error, but not where strace(1) does.
     */
    private static final Set<String> WITHOUT_ERRORS =
            Set.of("getpid", "exit_group", "umask", "clock_gettime", "restart_syscall", "close");

    /**
     * Calls whose error the launcher ignores: see {@link InjectedFaults}. An earlier run's log and status may not be there; a
     * status that stays is emptied next, by a call that is not ignored.
     */
    private static final List<String> IGNORED =
            List.of("ioctl(N, TIOCGPGRP,", "ioctl(N, TCGETS,", "setpgid(N, N)", "unlinkat(AT_FDCWD, \"/state/");

    /** What the launcher waits for once the sandbox is set up; what it calls from then on depends on who is faster. */
    private static final Pattern SUPERVISION = Pattern.compile("ppoll\\(.*, NULL, NULL, \\d\\)");

    private static final List<String> ERRNOS = List.of("EPERM", "ENOMEM", "EINTR", "ENOSYS");

    private static final AtomicInteger RUNS = new AtomicInteger();

    /** One call, by the name and the number by which strace finds it, and what it was when it was not refused. */
    private record Seen(String name, int number, String text) {}

    private final Workshop workshop;
    private final Path launcher;
    private final Running.Result clean;
    private final Set<String> met;
    /**
     * A launcher in a workshop.
     *
     * @param clean how it ends when nothing is refused
     * @param met what launchers before it have met already, to which this one's is added
     */
    SeenFaults(Workshop workshop, Path launcher, Running.Result clean, Set<String> met) {
        this.workshop = workshop;
        this.launcher = launcher;
        this.clean = clean;
        this.met = met;
    }

    /** A command that makes no call but exit_group(2), so that none of its own is met. */
    static Path command(Workshop workshop) {
        Requirements.requireProgram("cc");
        workshop.file(
                "ends.c",
                "void _start(void) {\n#ifdef __x86_64__\n  __asm__ volatile(\"syscall\" : : \"a\"(231), \"D\"(0));\n#else\n"
                        + "  register long x8 __asm__(\"x8\") = 94; register long x0 __asm__(\"x0\") = 0;\n"
                        + "  __asm__ volatile(\"svc 0\" : : \"r\"(x8), \"r\"(x0));\n#endif\n}\n");
        Path command = workshop.folder().resolve("ends");
        assertThat(workshop.run("cc", "-static", "-nostdlib", "-o", command, "ends.c"))
                .isEqualTo(new Running.Result(0, "", ""));
        return command;
    }

    /** Tries what no launcher before has met with all errnos, and the rest with one. */
    void tryAll(int atOnce) throws IOException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(atOnce);
        List<String> wrong = new ArrayList<>();
        List<Future<?>> checks = new ArrayList<>();
        try {
            for (Seen seen : look()) {
                boolean first = met.add(seen.text());
                for (String errno : first ? ERRNOS : List.of(ERRNOS.get(checks.size() % ERRNOS.size()))) {
                    Callable<?> check = () -> {
                        refuse(seen, errno);
                        return null;
                    };
                    checks.add(pool.submit(check));
                }
            }
            for (Future<?> check : checks) {
                try {
                    check.get();
                } catch (ExecutionException e) {
                    wrong.add(String.valueOf(e.getCause().getMessage()));
                }
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(wrong).as("of " + checks.size()).isEmpty();
    }

    /** The calls of a run, until the command is executed. */
    private List<Seen> look() throws IOException {
        Path log = log();
        assertThat(workshop.run("strace", "-f", "-s", "64", "-o", log, launcher))
                .isEqualTo(clean);
        StraceLog straced = StraceLog.read(log);
        Files.delete(log);
        Map<String, Seen> seen = new LinkedHashMap<>();
        for (long process : straced.processes()) {
            boolean first = process == straced.processes().get(0);
            Map<String, Integer> counts = new HashMap<>();
            for (StraceLog.Call call : first ? straced.ofFirst() : StraceLog.untilExecuted(straced.of(process))) {
                if (SUPERVISION.matcher(call.text()).matches()) {
                    break;
                }
                int number = counts.merge(call.name(), 1, Integer::sum);
                if (!WITHOUT_ERRORS.contains(call.name())) {
                    String text = call.text()
                            .replace(workshop.folder().toString(), "")
                            .replaceAll("\\b(0x[0-9a-f]+|\\d+)\\b", "N")
                            .replaceAll("SIG[A-Z0-9_]+, \\{", "SIGNAL, {");
                    seen.putIfAbsent(process + call.name() + number, new Seen(call.name(), number, text));
                }
            }
        }
        return List.copyOf(seen.values());
    }

    private void refuse(Seen seen, String errno) throws IOException {
        Path log = log();
        // The first execve(2) is strace's own, of the launcher.
        int number = seen.name().equals("execve") && seen.number() > 1 ? seen.number() - 1 : seen.number();
        String mark = workshop.mark() + "-" + RUNS.incrementAndGet();
        Running.Result result = workshop.start(
                        Map.of(Workshop.MARK, mark),
                        "setsid",
                        "strace",
                        "-f",
                        "-o",
                        log,
                        "-e",
                        "trace=" + seen.name(),
                        "-e",
                        "inject=" + seen.name() + ":error=" + errno + ":when=" + number,
                        launcher)
                .finish();
        String calls = Files.readString(log);
        Files.delete(log);
        String what = errno + " for " + seen + "\n" + result + "\n" + calls;
        assertThat(calls).as(what).contains("(INJECTED)");
        Leftovers.assertNoProcess(mark, what);
        if (result.equals(clean)) {
            assertThat(isLetPass(seen, errno)).as("not told: " + what).isTrue();
            return;
        }
        assertThat(result.status()).as(what).isIn(125, 126);
        assertThat(result.out()).as(what).isEmpty();
        assertThat(result.err()).as(what).matches("(?s)nsbox: error: step \\d+ of \\d+ refused: .*");
    }

    /** Whether the plan ignores the error, or has another way. */
    private static boolean isLetPass(Seen seen, String errno) {
        return switch (seen.name()) {
            case "keyctl" -> errno.equals("EPERM") || errno.equals("ENOSYS");
            case "setgroups" -> errno.equals("EPERM");
            case "clone3" -> errno.equals("ENOSYS") && !seen.text().contains("CLONE_NEWTIME");
            case "wait4", "read", "ppoll" -> errno.equals("EINTR");
            default -> IGNORED.stream().anyMatch(seen.text()::startsWith);
        };
    }

    private static Path log() throws IOException {
        Path log = Files.createTempFile("nsbox-it-strace", ".log");
        Files.setAttribute(log, "unix:mode", 0666);
        return log;
    }
}
