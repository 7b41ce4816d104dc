package io.nsbox.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A shell on a pseudo-terminal of its own (script(1)), into which a test types as a person does: a line, once a prompt is
 * there.
 */
public final class Terminal implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<String> prompts;
    private final Process process;
    private final OutputStream keyboard;
    private final InputStream screen;
    private final StringBuilder shown = new StringBuilder();

    /**
     * Starts the shell and waits for its first prompt.
     *
     * @param as the words that run a command as somebody, such as those of setpriv(1); none for the caller
     * @param prompts the shell's prompt, then those of shells that it starts
     */
    public Terminal(List<String> as, Map<String, String> environment, Path directory, List<String> prompts) {
        this.prompts = List.copyOf(prompts);
        List<String> words = new ArrayList<>(as);
        words.addAll(List.of("script", "-qefc", "sh", "/dev/null"));
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        // script(1) starts the command by $SHELL, and some shells drop PS1 on the way.
        builder.environment()
                .putAll(Map.of("PS1", prompts.get(0), "SHELL", "/bin/sh", "TERM", "dumb", "LC_ALL", "C.UTF-8"));
        builder.environment().remove("ENV");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        keyboard = process.getOutputStream();
        screen = process.getInputStream();
        awaitPrompt(0, "the shell");
        // Long lines stay whole: some shells redraw what does not fit.
        type("stty columns 1000");
    }

    /** The prompt that waits for input. */
    public String prompt() {
        String last = shown.substring(shown.lastIndexOf("\n") + 1);
        return prompts.contains(last) ? last : "";
    }

    /** Types a line and returns the lines that are shown until a prompt comes again. */
    public List<String> type(String line) {
        int before = shown.length();
        send(line);
        int echoed = before + line.length();
        awaitPrompt(echoed, line);
        int start = shown.indexOf("\n", echoed) + 1;
        int end = shown.lastIndexOf("\n") + 1;
        return shown.substring(start, end).lines().toList();
    }

    private void send(String line) {
        try {
            keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until a line break after {@code from}, if anything was typed, and then a prompt have been shown. */
    private void awaitPrompt(int from, String what) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        byte[] bytes = new byte[8192];
        try {
            while (prompt().isEmpty() || (from > 0 && shown.indexOf("\n", from) < 0)) {
                if (screen.available() == 0) {
                    if (System.nanoTime() > end || !process.isAlive()) {
                        throw new AssertionError("no prompt after '" + what + "'; the terminal shows:\n" + shown);
                    }
                    TimeUnit.MILLISECONDS.sleep(2);
                    continue;
                }
                int length = screen.read(bytes, 0, screen.available());
                shown.append(new String(bytes, 0, length, StandardCharsets.UTF_8).replace("\r", ""));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Hangs up: the terminal goes, and with it what still runs on it. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
