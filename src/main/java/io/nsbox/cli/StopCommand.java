package io.nsbox.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code nsbox stop}: ask sandboxes to end, and wait until they have. */
@Command(
        name = "stop",
        header = "Ask sandboxes to end, and wait until they have.",
        description =
                "Sends the stop signal of the spec to each, and SIGKILL when its grace period is over. A sandbox that has ended is left as it is.")
final class StopCommand implements Callable<Integer> {
    private final NamedSandboxes sandboxes;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sandboxes.")
    private List<String> names = new ArrayList<>();

    StopCommand(Console console, StateFolder states) {
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        Ending ending = new Ending(sandboxes);
        return sandboxes.eachTwice(names, ending::ask, ending::await);
    }
}
