package io.nsbox.cli;

import io.nsbox.state.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code nsbox wait}: wait until sandboxes have ended, and print their exit statuses. */
@Command(
        name = "wait",
        header = "Wait until sandboxes have ended, and print their exit statuses.",
        description =
                "Prints the status of each, in the order given, and ends with that of the last one; 137 for one whose launcher was killed.")
final class WaitCommand implements Callable<Integer> {
    /** A sandbox whose launcher was killed went down with it. */
    private static final int KILLED = 137;

    private final Console console;
    private final NamedSandboxes sandboxes;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sandboxes.")
    private List<String> names = new ArrayList<>();

    WaitCommand(Console console, StateFolder states) {
        this.console = console;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        int last = ExitStatus.OK;
        for (String name : names) {
            last = sandboxes.one(name, sandbox -> {
                Sandbox ended = sandboxes.awaitEnd(name, Long.MAX_VALUE);
                int status = ended.status().orElse(KILLED);
                console.out().println(status);
                console.out().flush();
                return status;
            });
        }
        return last;
    }
}
