package io.nsbox.cli;

import io.nsbox.state.Member;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
                "One line for each sandbox: its processes, and their time on processors and resident memory together. "
                        + "Memory that processes share counts for each of them.")
final class StatsCommand implements Callable<Integer> {
    /** How the table is written. */
    enum Format {
        TEXT,
        JSON
    }

    private final Console console;
    private final NamedSandboxes sandboxes;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json; default ${DEFAULT-VALUE}.")
    private Format format = Format.TEXT;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "The sandboxes; default all that run.")
    private List<String> names = new ArrayList<>();

    StatsCommand(Console console, StateFolder states) {
        this.console = console;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() throws IOException {
        List<String> asked = names;
        if (asked.isEmpty()) {
            asked = sandboxes.folder().sandboxes().list().stream()
                    .filter(sandbox -> sandbox.pid().isPresent())
                    .map(Sandbox::name)
                    .toList();
        }
        Map<String, List<Member>> all = new LinkedHashMap<>();
        int status = sandboxes.each(asked, sandbox -> {
            all.put(sandbox.name(), Usage.members(sandbox));
            return ExitStatus.OK;
        });
        console.out().print(format == Format.JSON ? json(all) : text(all));
        return status;
    }

    private static String text(Map<String, List<Member>> all) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "PROCESSES", "TIME", "MEMORY"));
        all.forEach((name, members) -> rows.add(List.of(
                name,
                Integer.toString(members.size()),
                Usage.seconds(members.stream().mapToLong(Member::ticks).sum()),
                Usage.bytes(members.stream().mapToLong(Member::residentBytes).sum()))));
        return TextTable.print(rows);
    }

    private static String json(Map<String, List<Member>> all) {
        List<Map<String, Object>> entries = new ArrayList<>();
        all.forEach((name, members) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", name);
            entry.put("processes", members.size());
            entry.put("cpu_seconds", members.stream().mapToLong(Member::ticks).sum() / 100.0);
            entry.put(
                    "resident_bytes",
                    members.stream().mapToLong(Member::residentBytes).sum());
            entries.add(entry);
        });
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(entries) + "\n";
    }
}
