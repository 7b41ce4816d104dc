package io.nsbox.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the processes of a sandbox: its first process's descendants, and those that came into its pid namespace. */
public final class Members {
    private static final int KILOBYTE = 1024;
    /** A process that ends has no memory, and no such line. */
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d{1,15}) kB$");

    private static final int PARENT = 1;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    private Members() {}

    /**
     * The processes, by their pids.
     *
     * @param first the sandbox's first process
     * @param ownPidNamespace whether the sandbox has a pid namespace of its own
     * @param known processes that are known to belong to it, by their pids
     */
    public static List<Member> of(long first, boolean ownPidNamespace, Set<Long> known) throws IOException {
        Map<Long, Member> all = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                read(process).ifPresent(member -> all.put(member.pid(), member));
            }
        }
        List<Member> members = new ArrayList<>();
        for (Member member : all.values()) {
            if (known.contains(member.pid()) || descends(member, first, all)) {
                members.add(member);
            }
        }
        if (ownPidNamespace) {
            members.addAll(entered(members, all));
        }
        members.sort(Comparator.comparingLong(Member::pid));
        return members;
    }

    /**
     * Those that came into the pid namespace of some from outside. The namespace of an init, or of somebody else's process, cannot
     * be looked at; one of theirs may.
     */
    private static List<Member> entered(List<Member> members, Map<Long, Member> all) {
        Set<Path> namespaces = members.stream()
                .flatMap(member -> pidNamespace(member.pid()).stream())
                .collect(Collectors.toSet());
        return all.values().stream()
                .filter(member -> !members.contains(member))
                .filter(member ->
                        pidNamespace(member.pid()).map(namespaces::contains).orElse(false))
                .toList();
    }

    /** The pids of a process's children, in their order. */
    public static List<Long> childrenOf(long parent) throws IOException {
        List<Long> children = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                read(process)
                        .filter(member -> member.parent() == parent)
                        .ifPresent(member -> children.add(member.pid()));
            }
        }
        children.sort(Comparator.naturalOrder());
        return children;
    }

    /**
     * The child of a pid namespace's first process that is its second, such as the command of an init (proc_pid_status(5),
     * NSpid).
     */
    public static OptionalLong secondOf(long first) throws IOException {
        for (long child : childrenOf(first)) {
            try (Stream<String> status =
                    Files.lines(Path.of("/proc/" + child + "/status"), StandardCharsets.ISO_8859_1)) {
                if (status.anyMatch(line -> line.matches("NSpid:.*\\s2"))) {
                    return OptionalLong.of(child);
                }
            } catch (IOException | UncheckedIOException e) {
                // It has ended in between.
                continue;
            }
        }
        return OptionalLong.empty();
    }

    private static boolean descends(Member member, long first, Map<Long, Member> all) {
        Member at = member;
        for (int steps = 0; at != null && steps < all.size(); steps++) {
            if (at.pid() == first) {
                return true;
            }
            at = all.get(at.parent());
        }
        return false;
    }

    private static Optional<Path> pidNamespace(long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Member> read(Path process) {
        try {
            return Optional.of(parse(
                    Long.parseLong(String.valueOf(process.getFileName())),
                    text(process.resolve("stat")),
                    text(process.resolve("status")),
                    text(process.resolve("cmdline"))));
        } catch (IOException e) {
            // It has ended in between.
            return Optional.empty();
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** A process by its files; memory by the one that counts in kilobytes, because pages differ from machine to machine. */
    static Member parse(long pid, String stat, String status, String commandLine) {
        int nameEnd = stat.lastIndexOf(')');
        String name = stat.substring(stat.indexOf('(') + 1, nameEnd);
        // From the third field on, the state: the name before it may hold anything.
        String[] fields = stat.substring(nameEnd + 1).strip().split(" ");
        String words = commandLine.replace('\0', ' ').strip();
        Matcher resident = RESIDENT.matcher(status);
        return new Member(
                pid,
                Long.parseLong(fields[PARENT]),
                fields[0],
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                resident.find() ? Long.parseLong(resident.group(1)) * KILOBYTE : 0,
                words.isEmpty() ? "[" + name + "]" : words);
    }
}
