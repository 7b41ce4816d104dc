package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What libseccomp makes of a profile; it is given the rules that Docker would give it, found out here a second time, by
 * the JSON and nothing of nsbox's.
 */
final class Libseccomp {
    private static final Map<String, Integer> ACTIONS = Map.of(
            "SCMP_ACT_KILL", 0,
            "SCMP_ACT_KILL_THREAD", 0,
            "SCMP_ACT_KILL_PROCESS", 0x8000_0000,
            "SCMP_ACT_TRAP", 0x0003_0000,
            "SCMP_ACT_ERRNO", 0x0005_0000,
            "SCMP_ACT_TRACE", 0x7ff0_0000,
            "SCMP_ACT_LOG", 0x7ffc_0000,
            "SCMP_ACT_ALLOW", 0x7fff_0000);

    private static final List<String> OPERATORS = List.of(
            "",
            "SCMP_CMP_NE",
            "SCMP_CMP_LT",
            "SCMP_CMP_LE",
            "SCMP_CMP_EQ",
            "SCMP_CMP_GE",
            "SCMP_CMP_GT",
            "SCMP_CMP_MASKED_EQ");

    /**
     * A filter.
     *
     * @param machine runs it
     * @param unknown names that this libseccomp does not know
     */
    record Verdicts(BpfMachine machine, Set<String> unknown) {}

    private final Path program;

    /** Compiles the program that asks libseccomp. */
    Libseccomp(Path folder) {
        Requirements.requireProgram("gcc");
        Requirements.requireFile("/usr/include/seccomp.h");
        program = folder.resolve("oracle");
        Commands.Result compiled = Commands.run(
                "gcc",
                "-Wall",
                "-Werror",
                "-o",
                program.toString(),
                "src/test/resources/seccomp/oracle.c",
                "-lseccomp");
        if (compiled.status() != 0) {
            throw new AssertionError(compiled.err());
        }
    }

    /** The filter; nothing where libseccomp refuses the rules because two of them contradict each other. */
    Optional<Verdicts> filter(String profile, Arch arch, Set<String> capabilities) {
        JsonNode root = JsonMapper.shared().readTree(profile);
        StringBuilder input = new StringBuilder("arch " + arch.word() + "\n");
        int defaultErrno =
                root.has("defaultErrnoRet") ? root.get("defaultErrnoRet").asInt() : 1;
        input.append("default ")
                .append(action(root.get("defaultAction").asString(), defaultErrno))
                .append('\n');
        for (JsonNode rule : root.path("syscalls")) {
            if (!counts(rule, arch, capabilities)) {
                continue;
            }
            int errno = rule.has("errnoRet") ? rule.get("errnoRet").asInt() : 1;
            for (JsonNode name : rule.path("names")) {
                input.append("rule ")
                        .append(action(rule.get("action").asString(), errno))
                        .append(' ')
                        .append(name.asString())
                        .append(' ')
                        .append(rule.path("args").size());
                for (JsonNode arg : rule.path("args")) {
                    input.append(' ')
                            .append(arg.get("index").asInt())
                            .append(' ')
                            .append(OPERATORS.indexOf(arg.get("op").asString()))
                            .append(' ')
                            .append(arg.get("value").bigIntegerValue())
                            .append(' ')
                            .append(arg.has("valueTwo") ? arg.get("valueTwo").bigIntegerValue() : "0");
                }
                input.append('\n');
            }
        }
        return run(input.toString());
    }

    private static String action(String word, int errno) {
        int value = ACTIONS.get(word);
        boolean carries = word.endsWith("ERRNO") || word.endsWith("TRACE");
        return Integer.toUnsignedString(carries ? value | errno : value);
    }

    /** Docker's rule, for kernels newer than any that the profiles here ask for. */
    private static boolean counts(JsonNode rule, Arch arch, Set<String> capabilities) {
        String word = arch == Arch.X86_64 ? "amd64" : "arm64";
        List<String> included = words(rule.path("includes").path("arches"));
        List<String> excluded = words(rule.path("excludes").path("arches"));
        return (included.isEmpty() || included.contains(word))
                && !excluded.contains(word)
                && capabilities.containsAll(words(rule.path("includes").path("caps")))
                && words(rule.path("excludes").path("caps")).stream().noneMatch(capabilities::contains);
    }

    private static List<String> words(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(each -> words.add(each.asString()));
        return words;
    }

    private Optional<Verdicts> run(String input) {
        try {
            Path out = Files.createTempFile("filter", null);
            Path err = Files.createTempFile("names", null);
            Path in = Files.createTempFile("rules", null);
            try {
                Files.writeString(in, input);
                Process process = new ProcessBuilder(program.toString())
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("libseccomp did not end");
                }
                if (process.exitValue() == 2) {
                    return Optional.empty();
                }
                if (process.exitValue() != 0) {
                    throw new AssertionError(
                            "libseccomp: " + process.exitValue() + " " + Files.readString(err) + input);
                }
                return Optional.of(
                        new Verdicts(new BpfMachine(Files.readAllBytes(out)), new HashSet<>(Files.readAllLines(err))));
            } finally {
                Files.delete(out);
                Files.delete(err);
                Files.delete(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
