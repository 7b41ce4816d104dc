package io.nsbox.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nsbox rm}: remove sandboxes that have ended, with their logs. */
@Command(
        name = "rm",
        header = "Remove sandboxes that have ended, with their logs.",
        description = "A sandbox that runs is not removed, unless it is with --force, which kills it first.")
final class RmCommand implements Callable<Integer> {
    private final NamedSandboxes sandboxes;

    @Option(
            names = {"-f", "--force"},
            description = "Kill those that run, and do not mind those that are not there.")
    private boolean force;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sandboxes.")
    private List<String> names = new ArrayList<>();

    RmCommand(Console console, StateFolder states) {
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() throws IOException {
        Ending ending = new Ending(sandboxes);
        if (!force) {
            return sandboxes.each(names, ending::remove);
        }
        List<String> there = new ArrayList<>();
        for (String name : names) {
            if (sandboxes.folder().sandboxes().find(name).isPresent()) {
                there.add(name);
            }
        }
        return sandboxes.eachTwice(there, ending::kill, ending::removeEnded);
    }
}
