package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/** What {@code doctor} looks at for the keys that limit a whole sandbox: each takes a controller of control groups. */
final class LimitProbes {
    private LimitProbes() {}

    /**
     * A key that limits.
     *
     * @param controller what the kernel calls the part that limits (cgroups(7))
     * @param yaml a limit that keeps no small command from running
     */
    private record Limit(String key, String controller, String yaml) {}

    static List<Probe> of(HostFacts facts) {
        int processor = facts.caller().map(CallerFacts::processor).orElse(0);
        return List.of(
                        new Limit("mem_limit", "memory", "mem_limit: 256m\n"),
                        new Limit("memswap_limit", "memory", "mem_limit: 256m\nmemswap_limit: 256m\n"),
                        new Limit("mem_reservation", "memory", "mem_reservation: 1m\n"),
                        new Limit("cpus", "cpu", "cpus: 1\n"),
                        new Limit("cpuset", "cpuset", "cpuset: " + processor + "\n"),
                        new Limit("cpu_weight", "cpu", "cpu_weight: 100\n"),
                        new Limit("pids_limit", "pids", "pids_limit: 100\n"))
                .stream()
                .map(LimitProbes::probe)
                .toList();
    }

    private static Probe probe(Limit limit) {
        return Probes.check(
                limit.key,
                facts -> obstacle(limit.controller, facts)
                        .map(obstacle -> obstacle.verdict(limit.key))
                        .orElseGet(() -> Verdict.yes(limit.key)),
                facts -> Optional.of(new ProbeSpec(limit.key, "namespaces: []\n" + limit.yaml + Probes.COMMAND)));
    }

    private static Optional<Obstacle> obstacle(String controller, HostFacts facts) {
        CgroupFacts cgroups = facts.cgroups();
        if (facts.caller().isEmpty()) {
            return Optional.of(Obstacle.perhaps("without /proc nothing can be told", Fixes.MOUNT_PROC));
        }
        if (!cgroups.controllers().contains(controller)) {
            return Optional.of(Obstacle.refused("no hierarchy of control groups has the controller " + controller
                    + " here (" + cgroups.mode().words() + ")"));
        }
        boolean first = cgroups.v1Controllers().containsKey(controller);
        if (readOnly(first ? "cgroup" : "cgroup2", facts)) {
            return Optional.of(Obstacle.refused(
                    "the control groups are read-only here, as in most containers",
                    "in Docker or Podman: run the container with --privileged"));
        }
        if (facts.has(Capability.CAP_DAC_OVERRIDE) && !facts.inUserNamespace() || !first && cgroups.delegated()) {
            return Optional.empty();
        }
        return Optional.of(
                first
                        ? Obstacle.refused(
                                "the controller " + controller + " is one of version 1, whose groups are root's",
                                "run nsbox as root")
                        : Obstacle.refused(
                                "the controller " + controller + " is not delegated to the caller",
                                "systemd-run --user --scope -p Delegate=yes nsbox ...",
                                "run nsbox as root"));
    }

    /** Whether every mount of this kind is. */
    private static boolean readOnly(String type, HostFacts facts) {
        List<MountEntry> mounts = facts.mounts().mounts().stream()
                .filter(mount -> mount.type().equals(type))
                .toList();
        return !mounts.isEmpty()
                && mounts.stream().allMatch(mount -> mount.options().contains("ro"));
    }
}
