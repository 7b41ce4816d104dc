package io.nsbox.cli;

import io.nsbox.diag.Printable;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code nsbox ps}: lists sandboxes that have a name. */
@Command(
        name = "ps",
        header = "List sandboxes that run.",
        description = "Lists those that were started with nsbox up -d or nsbox up --name.")
final class PsCommand implements Callable<Integer> {
    /** How the list is written. */
    enum Format {
        TEXT,
        JSON
    }

    private static final int WATCH_MILLIS = 1000;
    private static final String HOME_AND_CLEAR = "\u001b[H\u001b[J";

    private final Console console;
    private final StateFolder states;
    private final InstantSource clock;

    @Option(
            names = {"-a", "--all"},
            description = "List those that have ended too.")
    private boolean all;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print the names only.")
    private boolean quiet;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json; default ${DEFAULT-VALUE}.")
    private Format format = Format.TEXT;

    @Option(names = "--watch", description = "List them again every second, until interrupted.")
    private boolean watch;

    PsCommand(Console console, StateFolder states, InstantSource clock) {
        this.console = console;
        this.states = states;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            do {
                List<Sandbox> shown = states.sandboxes().list().stream()
                        .filter(sandbox -> all || sandbox.isAlive())
                        .toList();
                String list = print(shown);
                console.out().print((watch && console.outIsTerminal() ? HOME_AND_CLEAR : "") + list);
                console.out().flush();
                if (watch) {
                    Thread.sleep(WATCH_MILLIS);
                }
            } while (watch && !console.out().checkError());
            return ExitStatus.OK;
        } catch (IOException | StateException e) {
            console.err().println("nsbox: error: cannot list sandboxes: " + e.getMessage());
            return ExitStatus.PROBLEMS;
        }
    }

    private String print(List<Sandbox> sandboxes) {
        if (quiet) {
            return String.join(
                    "", sandboxes.stream().map(one -> one.name() + "\n").toList());
        }
        if (format == Format.JSON) {
            JsonMapper mapper = JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();
            return mapper.writeValueAsString(
                            sandboxes.stream().map(PsCommand::json).toList())
                    + "\n";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "STATUS", "PID", "COMMAND"));
        for (Sandbox sandbox : sandboxes) {
            String pid = sandbox.pid().isPresent() ? Long.toString(sandbox.pid().getAsLong()) : "-";
            rows.add(List.of(sandbox.name(), status(sandbox), pid, command(sandbox)));
        }
        return TextTable.print(rows);
    }

    /** What is told of a sandbox to programs. */
    static Map<String, @Nullable Object> json(Sandbox sandbox) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("name", sandbox.name());
        entry.put("state", sandbox.state().name().toLowerCase(java.util.Locale.ROOT));
        entry.put("pid", sandbox.pid().isPresent() ? sandbox.pid().getAsLong() : null);
        entry.put(
                "launcher_pid",
                sandbox.launcher().isPresent() ? sandbox.launcher().getAsLong() : null);
        entry.put("exit_code", sandbox.status().isPresent() ? sandbox.status().getAsInt() : null);
        entry.put("started", sandbox.started().map(Instant::toString).orElse(null));
        entry.put("ended", sandbox.ended().map(Instant::toString).orElse(null));
        Optional<Registering.Description> known = description(sandbox);
        entry.put("spec", known.map(Registering.Description::spec).orElse(null));
        entry.put("command", known.map(Registering.Description::command).orElse(null));
        entry.put("namespaces", known.map(Registering.Description::namespaces).orElse(null));
        entry.put("detached", known.map(Registering.Description::detached).orElse(null));
        return entry;
    }

    private String status(Sandbox sandbox) {
        return switch (sandbox.state()) {
            case STARTING -> "starting";
            case RUNNING -> "running for " + Ages.between(sandbox.started(), clock.instant());
            case EXITED ->
                "exited (" + sandbox.status().orElseThrow() + ") " + Ages.between(sandbox.ended(), clock.instant())
                        + " ago";
            case LOST -> "lost";
        };
    }

    private static String command(Sandbox sandbox) {
        return description(sandbox)
                .map(known -> Printable.of(String.join(" ", known.command())))
                .orElse("-");
    }

    private static Optional<Registering.Description> description(Sandbox sandbox) {
        try {
            return Optional.of(Registering.read(sandbox));
        } catch (StateException | IOException e) {
            // It is just being started, or removed. Whatever it is, the others are to be listed.
            return Optional.empty();
        }
    }
}
