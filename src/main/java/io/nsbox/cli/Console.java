package io.nsbox.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * Everything a command may know of the process it runs in, so that commands are ordinary methods in tests.
 *
 * @param in standard input
 * @param out standard output, UTF-8
 * @param err standard error, UTF-8
 * @param environment the caller's environment variables
 * @param workingDirectory the caller's working directory
 * @param outIsTerminal whether standard output is a terminal
 * @param errIsTerminal whether standard error is a terminal
 */
public record Console(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Path workingDirectory,
        boolean outIsTerminal,
        boolean errIsTerminal) {
    public Console {
        environment = Map.copyOf(environment);
    }

    /** Whether messages on standard error may use colour: a terminal, and NO_COLOR unset or empty (no-color.org). */
    public boolean colourOnErr() {
        return errIsTerminal && colourIsWelcome();
    }

    /** Likewise for standard output. */
    public boolean colourOnOut() {
        return outIsTerminal && colourIsWelcome();
    }

    private boolean colourIsWelcome() {
        return environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
    }

    /** Whether the caller looks for a fault in nsbox itself, and wants to be told more. */
    public boolean isDebug() {
        return "1".equals(environment.get("NSBOX_DEBUG"));
    }
}
