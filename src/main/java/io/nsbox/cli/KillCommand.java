package io.nsbox.cli;

import io.nsbox.spec.Signal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nsbox kill}: send a signal to the commands of sandboxes. */
@Command(
        name = "kill",
        header = "Send a signal to the commands of sandboxes.",
        description =
                "The signal is SIGKILL unless --signal names another one. It goes to the command of each sandbox.")
final class KillCommand implements Callable<Integer> {
    private final NamedSandboxes sandboxes;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = {"-s", "--signal"},
            paramLabel = "SIGNAL",
            completionCandidates = SignalNames.class,
            defaultValue = "SIGKILL",
            description = "A name or a number; default ${DEFAULT-VALUE}.")
    private String signal = "SIGKILL";

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sandboxes.")
    private List<String> names = new ArrayList<>();

    KillCommand(Console console, StateFolder states) {
        sandboxes = new NamedSandboxes(states, console);
    }

    /** The signals, as a shell completes them. */
    static final class SignalNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Signal.names().iterator();
        }
    }

    @Override
    public Integer call() {
        Signal wanted = Signal.parse(signal)
                .orElseThrow(() -> new ParameterException(
                        Objects.requireNonNull(command).commandLine(), "no signal is called '" + signal + "'"));
        return sandboxes.each(names, sandbox -> new Ending(sandboxes).signal(sandbox, wanted.number()));
    }
}
