package io.nsbox.cli;

import io.nsbox.host.Doctor;
import io.nsbox.host.DoctorReport;
import io.nsbox.host.DoctorText;
import io.nsbox.host.HostFacts;
import io.nsbox.host.HostTree;
import io.nsbox.host.ProbeResult;
import io.nsbox.host.ProbeSpec;
import io.nsbox.host.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Tells what this machine allows, by key of the language, with the fix for what it does not. */
@Command(
        name = "doctor",
        header = "Tell what this machine allows, and how to mend what it does not.",
        description = {
            "Tries each key of the spec language, and names the fix for what does not work.",
            "Exit status: 0 everything works, 1 something does not or cannot be told, 2 wrong usage."
        })
final class DoctorCommand implements Callable<Integer> {

    /** How the report is written. */
    private enum Format {
        TEXT,
        JSON
    }

    /** Takes the two words and nothing else, in a message that names them as they are typed. */
    private static final class FormatReader implements ITypeConverter<Format> {
        @Override
        public Format convert(String word) {
            return switch (word) {
                case "text" -> Format.TEXT;
                case "json" -> Format.JSON;
                default -> throw new TypeConversionException("it is text or json, not '" + word + "'");
            };
        }
    }

    private final Console console;
    private final HostTree tree;
    private final String osArch;
    private final Optional<Function<ProbeSpec, ProbeResult>> run;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = FormatReader.class,
            description = "text or json; default text")
    private Format format = Format.TEXT;

    /**
     * Makes the command.
     *
     * @param tree the machine's files
     * @param osArch the JVM's {@code os.arch}
     * @param run runs a spec as {@code nsbox up} does, if that is possible: then the report is of what was tried
     */
    DoctorCommand(Console console, HostTree tree, String osArch, Optional<Function<ProbeSpec, ProbeResult>> run) {
        this.console = console;
        this.tree = tree;
        this.osArch = osArch;
        this.run = run;
    }

    @Override
    public Integer call() {
        HostFacts facts = HostFacts.read(tree, osArch);
        DoctorReport report = run.map(runner -> Doctor.examine(facts, runner)).orElseGet(() -> Doctor.read(facts));
        console.out().print(format == Format.JSON ? json(report) : DoctorText.print(report, colour()));
        console.out().flush();
        return report.allWorks() ? ExitStatus.OK : ExitStatus.PROBLEMS;
    }

    private boolean colour() {
        Map<String, String> environment = console.environment();
        return console.outIsTerminal()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }

    private static String json(DoctorReport report) {
        Map<String, String> machine = new LinkedHashMap<>();
        report.facts().forEach(fact -> machine.put(fact.name(), fact.value()));
        List<Map<String, Object>> keys = new ArrayList<>();
        for (Verdict verdict : report.verdicts()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("key", verdict.key());
            entry.put("status", verdict.status().word());
            entry.put("reason", verdict.reason());
            entry.put("fix", verdict.fixes());
            keys.add(entry);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("works", report.allWorks());
        all.put("tried", report.tried());
        all.put("machine", machine);
        all.put("keys", keys);
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(all) + "\n";
    }
}
