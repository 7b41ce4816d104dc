package io.nsbox.cli;

import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code nsbox gc}: remove what launchers that were killed left behind. */
@Command(
        name = "gc",
        header = "Remove what launchers that were killed left behind.",
        description =
                "Removes every sandbox whose launcher was killed, and prints its name. Those that ended by themselves stay until nsbox rm.")
final class GcCommand implements Callable<Integer> {
    private final Console console;
    private final NamedSandboxes sandboxes;

    GcCommand(Console console, StateFolder states) {
        this.console = console;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() throws IOException {
        int worst = ExitStatus.OK;
        for (Sandbox sandbox : sandboxes.folder().sandboxes().list()) {
            if (sandbox.state() == Sandbox.State.LOST) {
                int status = sandboxes.one(sandbox.name(), new Ending(sandboxes)::remove);
                if (status == ExitStatus.OK) {
                    console.out().println(sandbox.name());
                }
                worst = Math.max(worst, status);
            }
        }
        return worst;
    }
}
