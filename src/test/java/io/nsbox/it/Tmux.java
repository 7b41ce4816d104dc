package io.nsbox.it;

import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A terminal on which a bash with job control runs, typed into by tmux(1). */
final class Tmux implements AutoCloseable {
    private final Workshop workshop;
    private final Path socket;

    /** Opens a terminal with a shell whose prompt is {@code outer$}. */
    Tmux(Workshop workshop) {
        Requirements.requireProgram("tmux");
        Requirements.requireProgram("bash");
        this.workshop = workshop;
        this.socket = workshop.folder().resolve("tmux");
        workshop.file("rc", "PS1='outer$ '\nset +o history\n");
        String shell = "bash --noprofile --rcfile " + workshop.folder().resolve("rc") + " -i";
        tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "100", shell);
        shows("outer$");
    }

    String tmux(String... words) {
        List<Object> command = new ArrayList<>(List.of("tmux", "-S", socket));
        command.addAll(List.of(words));
        Running.Result result = workshop.start(Map.of("TERM", "xterm", "LC_ALL", "C"), command.toArray())
                .finish();
        if (result.status() != 0) {
            throw new AssertionError("tmux " + String.join(" ", words) + ": " + result);
        }
        return result.out();
    }

    /** Types a line. */
    Tmux type(String line) {
        tmux("send-keys", "-l", line);
        return press("Enter");
    }

    /** Presses a key, such as {@code C-c}. */
    Tmux press(String key) {
        tmux("send-keys", key);
        return this;
    }

    /** Waits until a line of the screen is exactly this; what was typed stands behind a prompt and is no such line. */
    Tmux shows(String line) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        String screen = screen();
        while (screen.lines().noneMatch(each -> plain(each).equals(line))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the terminal does not show '" + line + "':\n" + screen.strip());
            }
            Running.pause();
            screen = screen();
        }
        return this;
    }

    /** Waits until the shell outside has its prompt again, on the last line. */
    Tmux prompts(String prompt) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        String screen = screen();
        while (!plain(lastLine(screen)).equals(prompt)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the terminal does not come to the prompt " + prompt + ":\n" + screen.strip());
            }
            Running.pause();
            screen = screen();
        }
        return this;
    }

    /**
     * Waits until this command, word for word, runs: not only its shell's fork of it, in which a key that is pressed too early
     * is lost, and not as a stopped job.
     */
    Tmux runs(String command) {
        Running.awaitThat(
                command + " runs in the terminal",
                () -> Leftovers.marked(workshop.mark()).stream().anyMatch(pid -> runs(pid, command)));
        return this;
    }

    private static boolean runs(long pid, String command) {
        try {
            Path process = Path.of("/proc/" + pid);
            String words = Files.readString(process.resolve("cmdline")).replace('\0', ' ');
            return words.strip().equals(command)
                    && !Files.readString(process.resolve("status")).contains("State:\tT");
        } catch (IOException e) {
            // It has ended meanwhile.
            return false;
        }
    }

    /** Waits until the terminal is in line mode: what is typed before the shell has left its own mode has no end of line. */
    Tmux reads() {
        String terminal = tmux("display-message", "-p", "#{pane_tty}").strip();
        Running.awaitThat(
                "a command reads lines from the terminal",
                () -> (" " + workshop.run("stty", "-F", terminal, "-a").out()).contains(" icanon"));
        return this;
    }

    private static String lastLine(String screen) {
        String text = screen.strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    /** A line without the keys that the terminal echoed before it. */
    private static String plain(String line) {
        return line.replaceFirst("^(\\^[CZ])+", "").stripTrailing();
    }

    String screen() {
        return tmux("capture-pane", "-p");
    }

    /** The pid of what runs in the terminal. */
    long pid() {
        return Long.parseLong(tmux("display-message", "-p", "#{pane_pid}").strip());
    }

    /** Ends the terminal, if that has not happened already. */
    @Override
    public void close() {
        workshop.run("tmux", "-S", socket, "kill-server");
        Running.awaitThat(
                "tmux is gone", () -> workshop.run("tmux", "-S", socket, "info").status() != 0);
    }
}
