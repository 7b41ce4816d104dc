package io.nsbox.host;

import static io.nsbox.host.Capability.CAP_SYS_ADMIN;

import java.util.List;
import java.util.Optional;

/** When the kernel makes a namespace for the caller (namespaces(7), user_namespaces(7), clone(2)). */
final class NamespaceRules {

    private static final KernelVersion TIME_SINCE = new KernelVersion(5, 6);

    private NamespaceRules() {}

    /** What keeps the caller from making this namespace, alone or, without privilege, together with {@code user}. */
    static Optional<Obstacle> obstacle(NamespaceKind kind, HostFacts facts) {
        if (facts.caller().isEmpty()) {
            return Optional.of(Obstacle.perhaps("without /proc nothing can be told", Fixes.MOUNT_PROC));
        }
        boolean privileged = facts.has(CAP_SYS_ADMIN);
        Optional<Obstacle> possible = Obstacle.worst(kernel(kind, facts), limit(kind, facts));
        if (kind == NamespaceKind.USER) {
            return Obstacle.worst(
                    possible, identity(facts), privileged ? Optional.empty() : restriction(facts), confinement(facts));
        }
        if (privileged) {
            return Obstacle.worst(possible, confinement(facts));
        }
        String who = facts.caller().get().uid() == 0 ? "CAP_SYS_ADMIN" : "root";
        Optional<Obstacle> user = obstacle(NamespaceKind.USER, facts);
        return Obstacle.worst(possible, user.map(obstacle -> obstacle.because("needs " + who + ", or `user`")));
    }

    /** Whether the caller must list {@code user} to have any other namespace. */
    static boolean takesUser(HostFacts facts) {
        return !facts.has(CAP_SYS_ADMIN);
    }

    private static Optional<Obstacle> kernel(NamespaceKind kind, HostFacts facts) {
        if (facts.namespaces().contains(kind)) {
            return Optional.empty();
        }
        boolean old = kind == NamespaceKind.TIME
                && facts.kernel()
                        .filter(version -> !version.atLeast(TIME_SINCE))
                        .isPresent();
        return Optional.of(Obstacle.refused(
                old
                        ? "this kernel has no time namespaces, they came with Linux " + TIME_SINCE
                        : "this kernel has no " + kind.word() + " namespaces",
                "boot Linux " + KernelVersion.OLDEST + " or later, built with " + kind.kernelOption() + "=y"));
    }

    private static Optional<Obstacle> limit(NamespaceKind kind, HostFacts facts) {
        Long limit = facts.limits().get(kind);
        if (limit == null || limit > 0) {
            return Optional.empty();
        }
        return Optional.of(
                Obstacle.refused(kind.limit() + " = 0 allows none", Fixes.sysctl(facts, kind.limit(), "10000")));
    }

    private static Optional<Obstacle> identity(HostFacts facts) {
        if (facts.mounts().chrooted()) {
            return Optional.of(Obstacle.refused(
                    "the caller is in a chroot, where the kernel makes no user namespaces",
                    "run nsbox outside of the chroot"));
        }
        CallerFacts caller = facts.caller().orElseThrow();
        if (!mapped(caller.uid(), facts.uidMap()) || !mapped(caller.gid(), facts.gidMap())) {
            return Optional.of(Obstacle.refused(
                    "the caller's uid or gid is not mapped in the user namespace it is in",
                    "map the caller's ids where that user namespace is made"));
        }
        return Optional.empty();
    }

    private static boolean mapped(long id, List<IdMapping> map) {
        return map.isEmpty() || map.stream().anyMatch(line -> line.covers(new SubIdRange(id, 1)));
    }

    private static Optional<Obstacle> restriction(HostFacts facts) {
        SecurityFacts security = facts.security();
        if (security.cloneForbidden()) {
            return Optional.of(Obstacle.refused(
                    SecurityFacts.DEBIAN_SYSCTL + " = 0 keeps them for root",
                    Fixes.sysctl(facts, SecurityFacts.DEBIAN_SYSCTL, "1")));
        }
        // A profile of the caller's own may say `userns`; then the restriction does not touch it.
        boolean ownProfile = security.appArmorProfile()
                .filter(label -> !label.equals("unconfined") && !label.startsWith(SecurityFacts.RESTRICTED_PROFILE))
                .isPresent();
        if (security.appArmorRestricts() && !ownProfile) {
            return Optional.of(Obstacle.refused(
                    "AppArmor takes every capability in it (" + SecurityFacts.APPARMOR_SYSCTL + " = 1)",
                    Fixes.sysctl(facts, SecurityFacts.APPARMOR_SYSCTL, "0"),
                    Fixes.appArmorProfile(facts)));
        }
        return Optional.empty();
    }

    /** What a container or a service manager put round the caller; its rules cannot be read, only tried. */
    private static Optional<Obstacle> confinement(HostFacts facts) {
        boolean seccomp =
                facts.caller().filter(caller -> caller.seccompMode() != 0).isPresent();
        boolean appArmor = facts.security().confined();
        if (!seccomp && !appArmor) {
            return Optional.empty();
        }
        String filter = seccomp ? "a seccomp filter" : "";
        String profile = appArmor
                ? "the AppArmor profile " + facts.security().appArmorProfile().orElseThrow()
                : "";
        String both = seccomp && appArmor ? filter + " and " + profile : filter + profile;
        return Optional.of(Obstacle.perhaps(both + " may refuse it", Fixes.unconfinedContainer(seccomp, appArmor)));
    }
}
