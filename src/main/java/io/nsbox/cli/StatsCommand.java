package io.nsbox.cli;

import io.nsbox.host.HostTree;
import io.nsbox.state.GroupUsage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code nsbox stats}: tells what sandboxes use. */
@Command(
        name = "stats",
        header = "Print what sandboxes that run use of the machine.",
        description =
                "One line for each sandbox: its processes, its processes and threads, its time on processors, its memory, the limit of "
                        + "that and the most that it was. A sandbox with limits is accounted by its control group. Of one without, "
                        + "the processes are added up: memory that they share counts for each of them.")
final class StatsCommand implements Callable<Integer> {
    /** How the table is written. */
    enum Format {
        TEXT,
        JSON
    }

    private final Console console;
    private final NamedSandboxes sandboxes;
    private final HostTree host;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json; default ${DEFAULT-VALUE}.")
    private Format format = Format.TEXT;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "The sandboxes; default all that run.")
    private List<String> names = new ArrayList<>();

    StatsCommand(Console console, StateFolder states, HostTree host) {
        this.console = console;
        this.host = host;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        Map<String, Usage> all = new LinkedHashMap<>();
        int status = sandboxes.eachOrRunning(names, sandbox -> {
            all.put(sandbox.name(), Usage.of(sandbox, host));
            return ExitStatus.OK;
        });
        console.out().print(format == Format.JSON ? json(all) : text(all));
        return status;
    }

    private static String text(Map<String, Usage> all) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "PROCESSES", "TASKS", "TIME", "MEMORY", "LIMIT", "PEAK", "ACCOUNT"));
        all.forEach((name, usage) -> {
            GroupUsage group = usage.group();
            String tasks =
                    group.tasks().isPresent() ? Long.toString(group.tasks().getAsLong()) : "-";
            String limit =
                    group.tasksLimit().isPresent() ? " of " + group.tasksLimit().getAsLong() : "";
            rows.add(List.of(
                    name,
                    Integer.toString(usage.members().size()),
                    tasks + limit,
                    Usage.seconds(usage.cpuMicros()),
                    Usage.bytes(usage.memory()),
                    Usage.bytes(group.memoryLimit()),
                    Usage.bytes(group.memoryPeak()),
                    Usage.source(group.memory())));
        });
        return TextTable.print(rows);
    }

    private static String json(Map<String, Usage> all) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        all.forEach((name, usage) -> {
            GroupUsage group = usage.group();
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("name", name);
            entry.put("processes", usage.members().size());
            entry.put("tasks", orNull(group.tasks()));
            entry.put("tasks_limit", orNull(group.tasksLimit()));
            entry.put("cpu_seconds", usage.cpuMicros() / 1e6);
            entry.put("cpu_source", Usage.source(group.cpuMicros()));
            entry.put("memory_bytes", usage.memory());
            entry.put("memory_source", Usage.source(group.memory()));
            entry.put("memory_limit_bytes", orNull(group.memoryLimit()));
            entry.put("memory_peak_bytes", orNull(group.memoryPeak()));
            entry.put("resident_bytes", usage.residentBytes());
            entries.add(entry);
        });
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(entries) + "\n";
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
