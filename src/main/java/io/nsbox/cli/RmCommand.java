package io.nsbox.cli;

import io.nsbox.state.Sandbox;
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
    public Integer call() {
        Ending ending = new Ending(sandboxes);
        if (!force) {
            return sandboxes.each(names, ending::remove);
        }
        List<String> known = sandboxes.list().stream().map(Sandbox::name).toList();
        return sandboxes.eachTwice(names.stream().filter(known::contains).toList(), ending::kill, ending::removeEnded);
    }
}
