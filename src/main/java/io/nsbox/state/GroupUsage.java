package io.nsbox.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a sandbox uses as the control groups that were made for it account it (cgroups(7)). What has ended is part of it, and so
 * is what its processes have in the page cache. What no group of the sandbox's accounts is empty.
 *
 * @param processes the processes in the groups, and in those below, by their pids
 * @param cpuMicros time on processors
 * @param memory bytes
 * @param memoryLimit the most that they may be
 * @param memoryPeak the most that they were
 * @param tasks processes and threads
 * @param tasksLimit the most that there may be
 */
public record GroupUsage(
        Set<Long> processes,
        OptionalLong cpuMicros,
        OptionalLong memory,
        OptionalLong memoryLimit,
        OptionalLong memoryPeak,
        OptionalLong tasks,
        OptionalLong tasksLimit) {

    public GroupUsage {
        processes = Set.copyOf(processes);
    }

    /** Reads the files of a sandbox's groups; what is missing there is of no controller that limits the sandbox. */
    public static GroupUsage read(List<Path> groups) {
        Set<Long> processes = new TreeSet<>();
        for (Path group : groups) {
            processes.addAll(processes(group));
        }
        OptionalLong nanos = first(groups, "cpuacct.usage");
        return new GroupUsage(
                processes,
                nanos.isPresent() ? OptionalLong.of(nanos.getAsLong() / 1000) : word(groups, "cpu.stat", "usage_usec"),
                first(groups, "memory.current", "memory.usage_in_bytes"),
                first(groups, "memory.max", "memory.limit_in_bytes"),
                first(groups, "memory.peak", "memory.max_usage_in_bytes"),
                first(groups, "pids.current"),
                first(groups, "pids.max"));
    }

    private static Collection<Long> processes(Path group) {
        List<Long> processes = new ArrayList<>();
        try (Stream<Path> below = Files.walk(group)) {
            for (Path folder : below.filter(Files::isDirectory).toList()) {
                text(folder.resolve("cgroup.procs"))
                        .lines()
                        .filter(line -> line.matches("[1-9]\\d{0,9}"))
                        .forEach(pid -> processes.add(Long.parseLong(pid)));
            }
        } catch (IOException | UncheckedIOException e) {
            // A group went meanwhile, and whoever was in it.
            return processes;
        }
        return processes;
    }

    private static OptionalLong first(List<Path> groups, String... files) {
        for (Path group : groups) {
            for (String file : files) {
                OptionalLong number = number(text(group.resolve(file)).strip());
                if (number.isPresent()) {
                    return number;
                }
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong word(List<Path> groups, String file, String word) {
        Optional<String> line = groups.stream()
                .flatMap(group -> text(group.resolve(file)).lines())
                .filter(each -> each.startsWith(word + " "))
                .findFirst();
        return line.isPresent() ? number(line.get().substring(word.length() + 1)) : OptionalLong.empty();
    }

    /** A number. None is {@code max}, and what is of more digits: so the two versions say that there is no limit. */
    private static OptionalLong number(String text) {
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}
