package io.nsbox.host;

import io.nsbox.host.IdMapRules.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Everything {@code doctor} looks at, in the order in which it shows it. */
public final class Probes {

    /** A command that is there in every root, ends with 0, and shows nothing. */
    static final String COMMAND = "command: [/bin/sh, -c, \":\"]\n";

    /** The order of the rows: {@code user} first, because without privilege the others hang on it. */
    private static final List<NamespaceKind> NAMESPACES = List.of(
            NamespaceKind.USER,
            NamespaceKind.CGROUP,
            NamespaceKind.IPC,
            NamespaceKind.MOUNT,
            NamespaceKind.NETWORK,
            NamespaceKind.PID,
            NamespaceKind.TIME,
            NamespaceKind.UTS);

    private record Check(
            String key, Function<HostFacts, Verdict> reading, Function<HostFacts, Optional<ProbeSpec>> attempting)
            implements Probe {
        @Override
        public Verdict read(HostFacts facts) {
            return reading.apply(facts);
        }

        @Override
        public Optional<ProbeSpec> attempt(HostFacts facts) {
            return attempting.apply(facts);
        }
    }

    private Probes() {}

    /** The probes that make sense for this caller. */
    public static List<Probe> of(HostFacts facts) {
        List<Probe> probes = new ArrayList<>();
        probes.add(new Check("linux", Probes::linux, nothing -> Optional.empty()));
        for (NamespaceKind kind : NAMESPACES) {
            String key = "namespaces: " + kind.word();
            probes.add(check(key, needing(key, kind), there -> spec(key, there, "", kind)));
        }
        probes.add(needs("hostname", NamespaceKind.UTS, "hostname: doctor\n"));
        probes.add(needs("domainname", NamespaceKind.UTS, "domainname: doctor.test\n"));
        probes.addAll(proc(facts));
        probes.add(needs("propagation", NamespaceKind.MOUNT, "propagation: private\n"));
        probes.add(needs("network: loopback", NamespaceKind.NETWORK, "network: loopback\n"));
        for (Side side : Side.values()) {
            probes.addAll(maps(side));
        }
        probes.addAll(KeyProbes.of(facts));
        probes.addAll(LimitProbes.of(facts));
        return List.copyOf(probes);
    }

    private static Verdict linux(HostFacts facts) {
        if (facts.caller().isEmpty()) {
            return Obstacle.refused("/proc is not mounted, and nsbox needs it", Fixes.MOUNT_PROC)
                    .verdict("linux");
        }
        if (!facts.machine().equals("x86_64") && !facts.machine().equals("aarch64")) {
            return Obstacle.refused(
                            "launchers are made for x86_64 and aarch64, this is " + facts.machine(),
                            "use such a machine")
                    .verdict("linux");
        }
        Optional<KernelVersion> old = facts.kernel().filter(version -> !version.atLeast(KernelVersion.OLDEST));
        return old.map(version -> Obstacle.refused(
                                "this is Linux " + version + ", nsbox needs " + KernelVersion.OLDEST,
                                "boot Linux " + KernelVersion.OLDEST + " or later")
                        .verdict("linux"))
                .orElse(Verdict.yes("linux"));
    }

    private static Probe needs(String key, NamespaceKind kind, String yaml) {
        return check(key, facts -> needing(key, kind).apply(facts), facts -> spec(key, facts, yaml, kind));
    }

    static Function<HostFacts, Verdict> needing(String key, NamespaceKind kind) {
        boolean itself = key.equals("namespaces: " + kind.word());
        return facts -> NamespaceRules.obstacle(kind, facts)
                .map(obstacle -> itself ? obstacle : obstacle.because("needs `" + kind.word() + "`"))
                .map(obstacle -> obstacle.verdict(key))
                .orElseGet(() -> together(key, kind != NamespaceKind.USER && NamespaceRules.takesUser(facts)));
    }

    static Verdict together(String key, boolean withUser) {
        return withUser ? new Verdict(key, Verdict.Status.YES, "together with `user`", List.of()) : Verdict.yes(key);
    }

    private static List<Probe> proc(HostFacts facts) {
        if (NamespaceRules.takesUser(facts)) {
            return List.of(proc("mount_proc", true));
        }
        return List.of(proc("mount_proc", false), proc("mount_proc with user", true));
    }

    private static Probe proc(String key, boolean withUser) {
        return check(
                key,
                facts -> ProcRules.obstacle(withUser, facts)
                        .map(obstacle -> obstacle.verdict(key))
                        .orElseGet(() -> together(key, NamespaceRules.takesUser(facts))),
                facts -> withUser
                        ? spec(
                                key,
                                facts,
                                "mount_proc: true\n",
                                NamespaceKind.USER,
                                NamespaceKind.MOUNT,
                                NamespaceKind.PID)
                        : spec(key, facts, "mount_proc: true\n", NamespaceKind.MOUNT, NamespaceKind.PID));
    }

    private static List<Probe> maps(Side side) {
        return List.of(
                map(side, "root", there -> IdMapRules.single(side, there)),
                map(side, "keep-id", there -> IdMapRules.single(side, there)),
                map(side, "auto", there -> IdMapRules.auto(side, there)),
                ranges(side));
    }

    private static Probe map(Side side, String word, Function<HostFacts, Optional<Obstacle>> obstacle) {
        String key = side.key() + ": " + word;
        String other = word.equals("keep-id") ? "keep-id" : "root";
        String yaml = key + "\n" + side.other().key() + ": " + other + "\n";
        return check(key, verdict(key, obstacle), facts -> spec(key, facts, yaml, NamespaceKind.USER));
    }

    private static Probe ranges(Side side) {
        String key = side.key() + ": ranges";
        return check(
                key,
                verdict(key, facts -> IdMapRules.explicit(side, facts)),
                facts -> second(side, facts).flatMap(id -> {
                    long own = side.id(facts.caller().orElseThrow());
                    String yaml = side.key() + ": [{inside: 0, outside: " + own + "}, {inside: 1, outside: " + id
                            + "}]\n" + side.other().key() + ": root\n";
                    return spec(key, facts, yaml, NamespaceKind.USER);
                }));
    }

    /** An id besides its own that the caller may map, if the files name one. */
    private static Optional<Long> second(Side side, HostFacts facts) {
        if (facts.caller().isEmpty()) {
            return Optional.empty();
        }
        if (!IdMapRules.privileged(facts)) {
            return side.ranges(facts).stream().map(SubIdRange::start).findFirst();
        }
        long own = side.id(facts.caller().get());
        for (IdMapping line : side.map(facts)) {
            for (long id = line.inside(); id < Math.min(line.inside() + line.count(), line.inside() + 2); id++) {
                if (id != own) {
                    return Optional.of(id);
                }
            }
        }
        return Optional.empty();
    }

    private static Function<HostFacts, Verdict> verdict(String key, Function<HostFacts, Optional<Obstacle>> rule) {
        return facts -> rule.apply(facts).map(obstacle -> obstacle.verdict(key)).orElseGet(() -> Verdict.yes(key));
    }

    static Probe check(
            String key, Function<HostFacts, Verdict> reading, Function<HostFacts, Optional<ProbeSpec>> attempting) {
        return new Check(key, reading, attempting);
    }

    static Optional<ProbeSpec> spec(String key, HostFacts facts, String yaml, NamespaceKind... kinds) {
        List<String> words = new ArrayList<>();
        for (NamespaceKind kind : kinds) {
            words.add(kind.word());
        }
        if (NamespaceRules.takesUser(facts) && !words.contains("user")) {
            words.add(0, "user");
        }
        String list = "namespaces: [" + String.join(", ", words) + "]\n";
        return Optional.of(new ProbeSpec(key, list + yaml + COMMAND));
    }
}
