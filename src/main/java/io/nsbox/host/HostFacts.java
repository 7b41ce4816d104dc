package io.nsbox.host;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What there is to know about the machine and the caller before a sandbox is made, read from {@code /proc}, {@code /sys}
 * and {@code /etc} alone.
 *
 * <p>The cold path of {@code up} needs little of it and calls {@link CallerFacts#read}, {@link Account#lookUp} and
 * {@link SubIdRanges#read} directly.
 *
 * @param caller who calls; absent where {@code /proc} is not mounted
 * @param account the caller's account, by effective uid
 * @param subIds the caller's ranges of subordinate ids
 * @param freeSubUid the first uid above all ranges of {@code /etc/subuid}; absent without that file
 * @param freeSubGid the first gid above all ranges of {@code /etc/subgid}; absent without that file
 * @param newuidmap the program that writes uid maps for the unprivileged
 * @param newgidmap the program that writes gid maps for the unprivileged
 * @param release the kernel's release, such as {@code 6.8.0-31-generic}
 * @param machine {@code x86_64}, {@code aarch64}, or another name as the JVM spells it
 * @param distribution the words of {@code ID} and {@code ID_LIKE} of os-release(5)
 * @param uidMap the caller's user namespace; empty where unknown
 * @param gidMap likewise for groups
 * @param namespaces the kinds of namespaces that the kernel has
 * @param limits how many of each kind a user may have; a kind is absent where its sysctl is
 * @param security security modules and their sysctls
 * @param mounts the caller's mounts
 * @param cgroups control groups
 */
public record HostFacts(
        Optional<CallerFacts> caller,
        Optional<Account> account,
        SubIdRanges subIds,
        Optional<Long> freeSubUid,
        Optional<Long> freeSubGid,
        Optional<IdMapHelper> newuidmap,
        Optional<IdMapHelper> newgidmap,
        String release,
        String machine,
        Set<String> distribution,
        List<IdMapping> uidMap,
        List<IdMapping> gidMap,
        Set<NamespaceKind> namespaces,
        Map<NamespaceKind, Long> limits,
        SecurityFacts security,
        MountFacts mounts,
        CgroupFacts cgroups) {

    public HostFacts {
        distribution = Set.copyOf(distribution);
        uidMap = List.copyOf(uidMap);
        gidMap = List.copyOf(gidMap);
        namespaces = Set.copyOf(namespaces);
        limits = Map.copyOf(limits);
    }

    /**
     * Reads the facts of a machine.
     *
     * @param tree its files
     * @param osArch the JVM's {@code os.arch}, which is where the machine's name comes from
     */
    public static HostFacts read(HostTree tree, String osArch) {
        Optional<CallerFacts> caller = CallerFacts.read(tree);
        Optional<Account> account =
                caller.flatMap(facts -> Account.lookUp(tree, facts.uid()).value());
        SubIdRanges subIds = caller.map(facts -> SubIdRanges.read(tree, facts.uid(), account.map(Account::name))
                        .value())
                .orElse(new SubIdRanges(List.of(), List.of()));
        MountFacts mounts = MountFacts.read(tree);
        return new HostFacts(
                caller,
                account,
                subIds,
                free(tree, SubIdRanges.UIDS),
                free(tree, SubIdRanges.GIDS),
                IdMapHelper.newuidmap(tree),
                IdMapHelper.newgidmap(tree),
                tree.word("/proc/sys/kernel/osrelease").orElse(""),
                osArch.equals("amd64") ? "x86_64" : osArch,
                distribution(tree),
                map(tree, "/proc/self/uid_map"),
                map(tree, "/proc/self/gid_map"),
                namespaces(tree),
                limits(tree),
                SecurityFacts.read(tree),
                mounts,
                CgroupFacts.read(tree, mounts, caller));
    }

    /** The kernel's version; absent where the release is unknown. */
    public Optional<KernelVersion> kernel() {
        return KernelVersion.parse(release);
    }

    /** Whether the caller is in a user namespace that is not the initial one (user_namespaces(7)). */
    public boolean inUserNamespace() {
        return !uidMap.isEmpty() && !uidMap.equals(List.of(IdMapping.EVERYTHING));
    }

    /** Whether the caller has this capability; false where the caller is unknown. */
    public boolean has(Capability capability) {
        return caller.filter(facts -> facts.has(capability)).isPresent();
    }

    private static Optional<Long> free(HostTree tree, String path) {
        return tree.read(path).map(file -> SubIdFile.parse(file.lines()).free());
    }

    private static List<IdMapping> map(HostTree tree, String path) {
        return tree.read(path).map(file -> IdMapping.parse(file.lines())).orElse(List.of());
    }

    private static Set<NamespaceKind> namespaces(HostTree tree) {
        List<String> files = tree.list("/proc/self/ns");
        Set<NamespaceKind> kinds = EnumSet.noneOf(NamespaceKind.class);
        for (NamespaceKind kind : NamespaceKind.values()) {
            if (files.contains(kind.file())) {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    private static Map<NamespaceKind, Long> limits(HostTree tree) {
        Map<NamespaceKind, Long> limits = new EnumMap<>(NamespaceKind.class);
        for (NamespaceKind kind : NamespaceKind.values()) {
            tree.word(SecurityFacts.sysctl(kind.limit()))
                    .filter(word -> word.matches("\\d{1,18}"))
                    .ifPresent(word -> limits.put(kind, Long.parseLong(word)));
        }
        return limits;
    }

    private static Set<String> distribution(HostTree tree) {
        Set<String> words = new TreeSet<>();
        for (String line : tree.read("/etc/os-release").map(HostFile::lines).orElse(List.of())) {
            if (line.startsWith("ID=") || line.startsWith("ID_LIKE=")) {
                String value = line.substring(line.indexOf('=') + 1).replaceAll("[\"']", "");
                words.addAll(List.of(value.strip().split("\\s+")));
            }
        }
        words.remove("");
        return words;
    }
}
