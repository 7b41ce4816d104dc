package io.nsbox.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    public Integer call() throws IOException {
        // All of them are looked up first: one may be removed while another is waited for.
        List<Optional<Awaited>> all = new ArrayList<>();
        for (String name : names) {
            int status = sandboxes.one(name, sandbox -> {
                all.add(Optional.of(Awaited.of(sandbox)));
                return ExitStatus.OK;
            });
            if (status != ExitStatus.OK) {
                all.add(Optional.empty());
            }
        }
        int last = ExitStatus.OK;
        for (Optional<Awaited> one : all) {
            last = one.isEmpty() ? ExitStatus.PROBLEMS : end(one.get());
        }
        return last;
    }

    private int end(Awaited awaited) throws IOException {
        try (awaited) {
            int status = awaited.end().orElse(KILLED);
            console.out().println(status);
            console.out().flush();
            return status;
        }
    }
}
