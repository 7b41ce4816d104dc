package io.nsbox.cli;

import io.nsbox.host.HostFile;
import io.nsbox.host.HostTree;
import io.nsbox.host.MountEntry;
import io.nsbox.state.GroupHierarchy;
import io.nsbox.state.GroupUsage;
import io.nsbox.state.Member;
import io.nsbox.state.Members;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a sandbox uses of the machine: by its control groups where these account it, and else by its processes.
 *
 * @param members its processes
 * @param group what its groups say; nothing where it has none
 */
record Usage(List<Member> members, GroupUsage group) {
    private static final int MICROS_IN_TICK = 10_000;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    /** Looks at a sandbox that runs. */
    static Usage of(Sandbox sandbox, HostTree host) throws IOException {
        if (sandbox.pid().isEmpty()) {
            throw new StateException("the sandbox '" + sandbox.name() + "' is not running");
        }
        long first = sandbox.pid().getAsLong();
        GroupUsage group = GroupUsage.read(GroupHierarchy.groupsOf(
                hierarchies(host),
                lines(host, "/proc/" + first + "/cgroup"),
                sandbox.name(),
                sandbox.launcher().orElseThrow()));
        boolean own = Registering.read(sandbox).namespaces().contains("pid");
        return new Usage(Members.of(first, own, group.processes()), group);
    }

    /** Where control groups are mounted. */
    static List<GroupHierarchy> hierarchies(HostTree host) {
        return MountEntry.parse(lines(host, MountEntry.SOURCE)).stream()
                .filter(mount -> mount.type().equals("cgroup") || mount.type().equals("cgroup2"))
                .map(mount -> new GroupHierarchy(
                        Path.of(mount.target()),
                        mount.root(),
                        mount.type().equals("cgroup2"),
                        Set.copyOf(mount.superOptions())))
                .toList();
    }

    private static List<String> lines(HostTree host, String file) {
        return host.read(file).map(HostFile::lines).orElse(List.of());
    }

    long cpuMicros() {
        return group.cpuMicros()
                .orElseGet(() -> members.stream().mapToLong(Member::ticks).sum() * MICROS_IN_TICK);
    }

    long memory() {
        return group.memory().orElseGet(this::residentBytes);
    }

    /** Memory that is present, of all processes together; what they share counts for each. */
    long residentBytes() {
        return members.stream().mapToLong(Member::residentBytes).sum();
    }

    /** Which of the two accounts a figure comes from. */
    static String source(OptionalLong ofGroup) {
        return ofGroup.isPresent() ? "cgroup" : "processes";
    }

    /** Processor time for people, such as {@code 1.25s}. */
    static String seconds(long micros) {
        long hundredths = micros / MICROS_IN_TICK;
        return hundredths / 100 + "." + (hundredths % 100 < 10 ? "0" : "") + hundredths % 100 + "s";
    }

    /** Processor time of a process, for people. */
    static String secondsOf(Member member) {
        return seconds(member.ticks() * MICROS_IN_TICK);
    }

    /** A size for people, such as {@code 3.2 MiB}. */
    static String bytes(long bytes) {
        long tenths = bytes * 10;
        int unit = 0;
        while (tenths >= 10240 && unit < UNITS.length - 1) {
            tenths /= 1024;
            unit++;
        }
        return tenths / 10 + (unit == 0 ? "" : "." + tenths % 10) + " " + UNITS[unit];
    }

    /** A size for people; a dash where it is not known. */
    static String bytes(OptionalLong bytes) {
        return bytes.isPresent() ? bytes(bytes.getAsLong()) : "-";
    }
}
