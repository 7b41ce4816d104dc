package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A static program that says what it sees of its sandbox, and what it said, in an order and words that can be compared. */
final class OciProbe {
    private static final Path SOURCE = Workshop.PROJECT.resolve("src/test/resources/oci/probe.c");

    private OciProbe() {}

    /** Builds the probe in a workshop, as a file that everybody may execute. */
    static Path build(Workshop workshop, String name) {
        Requirements.requireProgram("gcc");
        Path program = workshop.folder().resolve(name);
        Running.Result built = workshop.startPlainly("gcc", "-static", "-O1", "-Wall", "-Werror", "-o", program, SOURCE)
                .finish();
        assertThat(built).isEqualTo(new Running.Result(0, "", ""));
        return program;
    }

    /** The facts of a probe's output, sorted: mounts without their numbers, namespaces as new or the caller's. */
    static List<String> facts(String output) {
        List<String> facts = new ArrayList<>();
        for (String line : output.lines().toList()) {
            if (line.startsWith("mount ")) {
                facts.add(mount(line.split(" ")));
            } else if (line.startsWith("namespace ")) {
                facts.add(namespace(line.split(" ")));
            } else {
                facts.add(line);
            }
        }
        return facts.stream().sorted().toList();
    }

    /** The fields of proc_pid_mountinfo(5): target, type, flags, and how it is propagated. */
    private static String mount(String[] fields) {
        int dash = Arrays.asList(fields).indexOf("-");
        List<String> flags = new ArrayList<>(List.of(fields[6].split(",")));
        flags.sort((one, other) -> {
            boolean first = one.startsWith("n");
            return first == other.startsWith("n") ? one.compareTo(other) : first ? -1 : 1;
        });
        // The relatime that every mount has is told last.
        if (flags.remove("relatime")) {
            flags.add("relatime");
        }
        StringBuilder fact =
                new StringBuilder("mount " + fields[5] + " " + fields[dash + 1] + " " + String.join(",", flags));
        for (int i = 7; i < dash; i++) {
            fact.append(' ').append(fields[i].replaceAll(":.*", ""));
        }
        return fact.toString();
    }

    private static String namespace(String[] fields) {
        try {
            String callers = Files.readSymbolicLink(Path.of("/proc/self/ns/" + fields[1]))
                    .toString();
            return "namespace " + fields[1] + (callers.equals(fields[2]) ? " is the caller's" : " is another");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
