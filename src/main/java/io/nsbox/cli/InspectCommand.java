package io.nsbox.cli;

import io.nsbox.plan.Registration;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code nsbox inspect}: tells everything that is known of sandboxes. */
@Command(
        name = "inspect",
        header = "Print everything that is known of sandboxes, as JSON.",
        description =
                "Prints an array with an object for each: its state, its processes, its times, its spec, its command.")
final class InspectCommand implements Callable<Integer> {
    private final Console console;
    private final NamedSandboxes sandboxes;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sandboxes.")
    private List<String> names = new ArrayList<>();

    InspectCommand(Console console, StateFolder states) {
        this.console = console;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        int status = sandboxes.each(names, sandbox -> {
            all.add(all(sandbox));
            return ExitStatus.OK;
        });
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        console.out().println(mapper.writeValueAsString(all));
        return status;
    }

    private static Map<String, @Nullable Object> all(Sandbox sandbox) throws IOException {
        Map<String, @Nullable Object> entry = PsCommand.json(sandbox);
        Registering.Description description = Registering.read(sandbox);
        entry.put("settings", description.settings());
        entry.put("folder", sandbox.folder().toString());
        entry.put(
                "log",
                description.detached()
                        ? sandbox.folder().resolve(Registration.LOG).toString()
                        : null);
        return entry;
    }
}
