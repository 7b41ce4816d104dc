package io.nsbox.state;

import java.io.IOException;
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

/** Finds the processes of a sandbox: those of its pid namespace, or, where it has none, its first process's descendants. */
public final class Members {
    private static final int PAGE = 4096;
    private static final int PARENT = 1;
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int RSS = 21;

    private Members() {}

    /**
     * The processes, by their pids.
     *
     * @param first the sandbox's first process
     * @param ownPidNamespace whether the sandbox has a pid namespace of its own
     */
    public static List<Member> of(long first, boolean ownPidNamespace) throws IOException {
        Map<Long, Member> all = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                read(process).ifPresent(member -> all.put(member.pid(), member));
            }
        }
        Optional<Path> namespace = pidNamespace(first);
        List<Member> members = new ArrayList<>();
        for (Member member : all.values()) {
            boolean belongs = ownPidNamespace
                    ? namespace.isPresent() && namespace.equals(pidNamespace(member.pid()))
                    : descends(member, first, all);
            if (belongs) {
                members.add(member);
            }
        }
        members.sort(Comparator.comparingLong(Member::pid));
        return members;
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
            String stat = new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.UTF_8);
            int nameEnd = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, nameEnd);
            // From the third field on, the state: the name before it may hold anything.
            String[] fields = stat.substring(nameEnd + 1).strip().split(" ");
            String words = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .strip();
            return Optional.of(new Member(
                    Long.parseLong(String.valueOf(process.getFileName())),
                    Long.parseLong(fields[PARENT]),
                    fields[0],
                    Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                    Long.parseLong(fields[RSS]) * PAGE,
                    words.isEmpty() ? "[" + name + "]" : words));
        } catch (IOException e) {
            // It has ended in between.
            return Optional.empty();
        }
    }
}
