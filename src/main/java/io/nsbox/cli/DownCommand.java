package io.nsbox.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code nsbox down}: stop sandboxes, and remove them. */
@Command(
        name = "down",
        header = "Stop sandboxes, and remove them.",
        description = "What nsbox stop and nsbox rm do, one after the other.")
final class DownCommand implements Callable<Integer> {
    private final NamedSandboxes sandboxes;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sandboxes.")
    private List<String> names = new ArrayList<>();

    DownCommand(Console console, StateFolder states) {
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        Ending ending = new Ending(sandboxes);
        return sandboxes.eachTwice(names, ending::ask, ending::removeEnded);
    }
}
