package io.nsbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A command that runs, whose output can be looked at while it does. */
final class Running {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * How a command ended.
     *
     * @param status its exit status; 128 + n if signal n ended it
     * @param out standard output
     * @param err standard error
     */
    record Result(int status, String out, String err) {}

    private final Process process;
    private final List<String> words;
    private final Path out;
    private final Path err;

    private Running(Process process, List<String> words, Path out, Path err) {
        this.process = process;
        this.words = words;
        this.out = out;
        this.err = err;
    }

    /** Starts a command in exactly this environment, with an empty standard input. */
    static Running start(Path folder, Map<String, String> environment, List<String> words) {
        try {
            Path out = Files.createTempFile("nsbox-it-out", null);
            Path err = Files.createTempFile("nsbox-it-err", null);
            // Removed when the command is finished; for tests that fail before, or never ask how it ended, at the end.
            out.toFile().deleteOnExit();
            err.toFile().deleteOnExit();
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new Running(builder.start(), words, out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a signal, named without SIG, to this process alone. */
    Running signal(String name) {
        signal(name, pid());
        return this;
    }

    /** Sends a signal, named without SIG, to any process. */
    static void signal(String name, long pid) {
        run("kill", "-s", name, Long.toString(pid));
    }

    /** Sends a signal, named without SIG, to a process group. */
    static void signalGroup(String name, long leader) {
        // Some versions of kill(1) take a group for -1, which is everybody; the shell's own does not.
        run("sh", "-c", "kill -s " + name + " -- -" + leader);
    }

    private static void run(String... words) {
        try {
            new ProcessBuilder(words).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The only child of a process, or the sandbox of a launcher. */
    static long childOf(long pid) {
        List<Long> children = childrenOf(pid);
        // A launcher's guard comes after its sandbox.
        if (children.isEmpty() || children.size() > 2) {
            throw new AssertionError("process " + pid + " has the children " + children);
        }
        return children.get(0);
    }

    /** The children of a process, which has one thread. */
    static List<Long> childrenOf(long pid) {
        Path file = Path.of("/proc/" + pid + "/task/" + pid + "/children");
        String children = Files.exists(file) ? read(file) : "";
        return Stream.of(children.split(" "))
                .filter(each -> !each.isEmpty())
                .map(Long::parseLong)
                .toList();
    }

    /** What it said on standard output so far. */
    String out() {
        return read(out);
    }

    /** What it said on standard error so far. */
    String err() {
        return read(err);
    }

    /** Waits until it has said this on standard output. */
    Running says(String text) {
        await("it says " + text, () -> out().contains(text));
        return this;
    }

    /** Waits until something holds, while the command may still be running. */
    void await(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new AssertionError("waited in vain until " + what + ": " + describe());
            }
            pause();
        }
    }

    /** Waits until something holds that is not about one command. */
    static void awaitThat(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain until " + what);
            }
            pause();
        }
    }

    /** Waits for its end. */
    Result finish() {
        try {
            if (!process.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("it does not end: " + describe());
            }
            Result result = new Result(process.exitValue(), out(), err());
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String describe() {
        return String.join(" ", words) + "\nstdout:\n" + out() + "\nstderr:\n" + err();
    }

    /** Lets the others run before looking again. */
    static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
