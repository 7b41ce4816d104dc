package io.nsbox.cli;

import io.nsbox.host.HostTree;
import io.nsbox.state.GroupHierarchy;
import io.nsbox.state.LeftGroups;
import io.nsbox.state.PrivateFolder;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code nsbox gc}: remove what launchers that were killed left behind. */
@Command(
        name = "gc",
        header = "Remove what launchers that were killed left behind.",
        description = {
            "Removes every sandbox whose launcher was killed, and prints its name; then the control groups that nobody is in "
                    + "any more, and prints their paths. Sandboxes that ended by themselves stay until nsbox rm."
        })
final class GcCommand implements Callable<Integer> {
    /** Longer than a launcher takes to come to its folder. */
    private static final Duration START = Duration.ofSeconds(10);

    private final Console console;
    private final NamedSandboxes sandboxes;
    private final HostTree host;
    private final InstantSource clock;

    GcCommand(Console console, StateFolder states, HostTree host, InstantSource clock) {
        this.console = console;
        this.host = host;
        this.clock = clock;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() throws IOException {
        int worst = ExitStatus.OK;
        for (Sandbox sandbox : sandboxes.list()) {
            if (sandbox.state() == Sandbox.State.LOST) {
                int status = sandboxes.one(sandbox.name(), new Ending(sandboxes)::remove);
                if (status == ExitStatus.OK) {
                    console.out().println(sandbox.name());
                }
                worst = Math.max(worst, status);
            }
        }
        Instant before = clock.instant().minus(START);
        sandboxes.folder().sandboxes().removeUnclaimed(before).forEach(console.out()::println);
        new LeftGroups(hierarchies(), PrivateFolder.effectiveUser()).remove().forEach(console.out()::println);
        return worst;
    }

    private List<Path> hierarchies() {
        return Usage.hierarchies(host).stream()
                .map(GroupHierarchy::folder)
                .distinct()
                .toList();
    }
}
