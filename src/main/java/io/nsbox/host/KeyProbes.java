package io.nsbox.host;

import io.nsbox.host.IdMapRules.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What {@code doctor} looks at for the keys of files, ids and confinement: each is tried by a small spec. */
final class KeyProbes {
    private static final KernelVersion LANDLOCK = new KernelVersion(5, 13);
    private static final KernelVersion LANDLOCK_TCP = new KernelVersion(6, 7);
    private static final KernelVersion LANDLOCK_SCOPE = new KernelVersion(6, 12);
    private static final KernelVersion OVERLAY_IN_USER = new KernelVersion(5, 11);

    /** Every root has this folder, and hardly one has mounts in it; the doctor's own folder may be covered. */
    private static final String ON_TMP = "working_dir: /\n";

    private KeyProbes() {}

    static List<Probe> of(HostFacts facts) {
        List<Probe> probes = new ArrayList<>();
        files(probes);
        ids(probes, facts);
        confinement(probes);
        return probes;
    }

    private static void files(List<Probe> probes) {
        probes.add(needs("rootfs", "rootfs: /\ndev: host\n", NamespaceKind.MOUNT));
        probes.add(needs("read_only", "read_only: true\n", NamespaceKind.MOUNT));
        probes.add(needs("mounts: bind", "mounts: [\"/usr:/tmp:ro\"]\n" + ON_TMP, NamespaceKind.MOUNT));
        probes.add(Probes.check(
                "mounts: overlay",
                facts -> verdict(
                        "mounts: overlay",
                        facts,
                        Probes.needing("mounts: overlay", NamespaceKind.MOUNT),
                        NamespaceRules.takesUser(facts)
                                ? since(OVERLAY_IN_USER, "overlays without privilege", facts)
                                : Optional.empty()),
                facts -> Probes.spec(
                        "mounts: overlay",
                        facts,
                        mapped(facts) + "mounts: [{type: overlay, target: /tmp, lower: [/usr/bin]}]\n" + ON_TMP,
                        NamespaceKind.MOUNT)));
        probes.add(needs(
                "mounts: file", "mounts: [{type: file, target: /etc/passwd, content: x}]\n", NamespaceKind.MOUNT));
        probes.add(kernel("mqueue", NamespaceKind.IPC));
        probes.add(kernel("sysfs", NamespaceKind.NETWORK));
        probes.add(kernel("cgroup", NamespaceKind.CGROUP));
        probes.add(needs("tmpfs", "tmpfs: [/tmp]\n" + ON_TMP, NamespaceKind.MOUNT));
        probes.add(needs("dev: minimal", "dev: minimal\n", NamespaceKind.MOUNT));
        probes.add(needs("devices", "dev: minimal\ndevices: [/dev/null]\n", NamespaceKind.MOUNT));
        probes.add(needs("masked_paths", "masked_paths: [/proc/keys]\n", NamespaceKind.MOUNT));
        probes.add(needs("readonly_paths", "readonly_paths: [/proc/sys]\n", NamespaceKind.MOUNT));
    }

    private static void ids(List<Probe> probes, HostFacts facts) {
        boolean privileged = IdMapRules.privileged(facts);
        for (String[] each : new String[][] {{"user", "user: \"1:1\"\n"}, {"group_add", "group_add: [1]\n"}}) {
            String key = each[0];
            probes.add(Probes.check(
                    key,
                    there -> verdict(
                            key,
                            there,
                            nothing -> Verdict.yes(key),
                            privileged
                                    ? Optional.empty()
                                    : IdMapRules.auto(Side.UID, there)
                                            .or(() -> IdMapRules.auto(Side.GID, there))
                                            .map(obstacle -> obstacle.because("needs ids of `uid_map: auto`"))),
                    there -> Optional.of(new ProbeSpec(
                            key,
                            (privileged ? "namespaces: []\n" : "namespaces: [user]\nuid_map: auto\n")
                                    + each[1]
                                    + Probes.COMMAND))));
        }
        // The bounding set is the namespace's, so its owner's to lower.
        probes.add(
                NamespaceRules.takesUser(facts)
                        ? Probes.check(
                                "cap_drop",
                                there -> NamespaceRules.obstacle(NamespaceKind.USER, there)
                                        .map(obstacle ->
                                                obstacle.because("needs `user`").verdict("cap_drop"))
                                        .orElseGet(() -> Probes.together("cap_drop", true)),
                                there -> Probes.spec("cap_drop", there, "cap_drop: [ALL]\n", NamespaceKind.USER))
                        : plain("cap_drop", "cap_drop: [ALL]\n", there -> ""));
        probes.add(Probes.check(
                "cap_add",
                Probes.needing("cap_add", NamespaceKind.USER),
                there -> Optional.of(new ProbeSpec(
                        "cap_add",
                        "namespaces: [user]\nuid_map: root\ncap_drop: [ALL]\ncap_add: [CHOWN]\n" + Probes.COMMAND))));
    }

    private static void confinement(List<Probe> probes) {
        probes.add(plain("no_new_privileges", "no_new_privileges: true\n", there -> ""));
        probes.add(plain("seccomp", "seccomp: default\n", there -> ""));
        probes.add(landlock("landlock", "read: [/], execute: [/]", LANDLOCK));
        probes.add(landlock("landlock: tcp_bind, tcp_connect", "tcp_bind: [80]", LANDLOCK_TCP));
        probes.add(landlock("landlock: scope", "scope: [signal]", LANDLOCK_SCOPE));
        probes.add(plain(
                "ulimits",
                "ulimits: {nofile: 64}\n",
                there -> there.has(Capability.CAP_SYS_RESOURCE) ? "" : "up to the caller's own hard limits"));
        probes.add(plain(
                "oom_score_adj",
                "oom_score_adj: 1000\n",
                there -> there.has(Capability.CAP_SYS_RESOURCE) ? "" : "not below the caller's own"));
        probes.add(plain(
                "nice", "nice: 19\n", there -> there.has(Capability.CAP_SYS_NICE) ? "" : "not below the caller's own"));
        probes.add(needs("sysctls: net", "sysctls: {net.ipv4.ip_forward: \"1\"}\n", NamespaceKind.NETWORK));
        probes.add(needs("sysctls: ipc", "sysctls: {kernel.shmmni: \"100\"}\n", NamespaceKind.IPC));
        probes.add(needs("time_offsets", "time_offsets: {boottime: 1h}\n", NamespaceKind.TIME));
        probes.add(Probes.check("joining by path", KeyProbes::joining, KeyProbes::join));
    }

    private static Verdict joining(HostFacts facts) {
        String key = "joining by path";
        boolean all = facts.has(Capability.CAP_SYS_ADMIN);
        return verdict(
                key,
                facts,
                nothing -> all
                        ? Verdict.yes(key)
                        : new Verdict(
                                key,
                                Verdict.Status.YES,
                                "those that belong to a user namespace which is joined first",
                                List.of()),
                Optional.empty());
    }

    /** Its own network namespace is one that every caller with the right may join. */
    private static Optional<ProbeSpec> join(HostFacts facts) {
        return facts.has(Capability.CAP_SYS_ADMIN)
                ? Optional.of(new ProbeSpec(
                        "joining by path", "namespaces: [{network: /proc/self/ns/net}]\n" + Probes.COMMAND))
                : Optional.empty();
    }

    private static Probe needs(String key, String yaml, NamespaceKind kind) {
        return Probes.check(
                key, Probes.needing(key, kind), facts -> Probes.spec(key, facts, mapped(facts) + yaml, kind));
    }

    /** Files of the sandbox's own need an id that is mapped. */
    private static String mapped(HostFacts facts) {
        return NamespaceRules.takesUser(facts) ? "uid_map: root\n" : "";
    }

    private static Probe kernel(String type, NamespaceKind shows) {
        String key = "mounts: " + type;
        return Probes.check(
                key,
                facts -> verdict(
                        key,
                        facts,
                        Probes.needing(key, NamespaceKind.MOUNT),
                        NamespaceRules.obstacle(shows, facts)
                                .map(other -> other.because("needs `" + shows.word() + "`"))),
                facts -> Probes.spec(
                        key,
                        facts,
                        mapped(facts) + "mounts: [{type: " + type + ", target: /tmp}]\n" + ON_TMP,
                        NamespaceKind.MOUNT,
                        shows));
    }

    /** A key that needs no namespace; the limit is what a yes is worth. */
    private static Probe plain(String key, String yaml, Function<HostFacts, String> limit) {
        return Probes.check(
                key,
                facts -> verdict(
                        key,
                        facts,
                        there -> new Verdict(key, Verdict.Status.YES, limit.apply(there), List.of()),
                        Optional.empty()),
                facts -> Optional.of(new ProbeSpec(key, "namespaces: []\n" + yaml + Probes.COMMAND)));
    }

    private static Probe landlock(String key, String rules, KernelVersion since) {
        return Probes.check(
                key,
                facts -> verdict(
                        key,
                        facts,
                        nothing -> Verdict.yes(key),
                        Obstacle.worst(since(since, "`" + key + "`", facts), module(facts))),
                facts -> Optional.of(
                        new ProbeSpec(key, "namespaces: []\nlandlock: {" + rules + "}\n" + Probes.COMMAND)));
    }

    private static Optional<Obstacle> module(HostFacts facts) {
        List<String> modules = facts.security().modules();
        return modules.isEmpty() || modules.contains("landlock")
                ? Optional.empty()
                : Optional.of(Obstacle.refused(
                        "the security module landlock is not on",
                        "boot with lsm=landlock," + String.join(",", modules)));
    }

    private static Optional<Obstacle> since(KernelVersion since, String what, HostFacts facts) {
        return facts.kernel()
                .filter(version -> !version.atLeast(since))
                .map(version -> Obstacle.refused(
                        what + " came with Linux " + since + ", this is " + version,
                        "boot Linux " + since + " or later"));
    }

    private static Verdict verdict(
            String key, HostFacts facts, Function<HostFacts, Verdict> otherwise, Optional<Obstacle> obstacle) {
        if (facts.caller().isEmpty()) {
            return Obstacle.perhaps("without /proc nothing can be told", Fixes.MOUNT_PROC)
                    .verdict(key);
        }
        Verdict basic = otherwise.apply(facts);
        return basic.status() == Verdict.Status.NO || obstacle.isEmpty()
                ? basic
                : obstacle.get().verdict(key);
    }
}
