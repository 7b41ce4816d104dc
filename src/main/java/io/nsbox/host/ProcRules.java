package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/** When the kernel mounts a new procfs for the caller (mount_namespaces(7), fs/namespace.c mount_too_revealing). */
final class ProcRules {

    private static final String REFUSES =
            "in a user namespace the kernel refuses a new procfs while the visible one is ";

    /** How many masked paths a reason names. */
    private static final int SHOWN = 3;

    private ProcRules() {}

    /** What keeps the caller from {@code mount_proc}; {@code withUser} tells whether the spec lists {@code user}. */
    static Optional<Obstacle> obstacle(boolean withUser, HostFacts facts) {
        Optional<Obstacle> needed = withUser
                ? NamespaceRules.obstacle(NamespaceKind.USER, facts).map(other -> other.because("needs `user`"))
                : Optional.empty();
        return Obstacle.worst(
                needed,
                needs(NamespaceKind.MOUNT, facts),
                needs(NamespaceKind.PID, facts),
                facts.caller().isPresent() && (withUser || facts.inUserNamespace()) ? hidden(facts) : Optional.empty());
    }

    private static Optional<Obstacle> needs(NamespaceKind kind, HostFacts facts) {
        return NamespaceRules.obstacle(kind, facts).map(other -> other.because("needs `" + kind.word() + "`"));
    }

    private static Optional<Obstacle> hidden(HostFacts facts) {
        List<String> hidden = facts.mounts().procHidden();
        if (hidden.isEmpty()) {
            return Optional.empty();
        }
        if (hidden.equals(List.of("/proc"))) {
            return Optional.of(Obstacle.refused(
                    REFUSES + "read-only, not relatime, or only a part",
                    Fixes.asRoot(facts, "mount -o remount,rw,relatime " + hidden.get(0))));
        }
        String shown = String.join(", ", hidden.subList(0, Math.min(SHOWN, hidden.size())));
        String rest = hidden.size() > SHOWN ? " and " + (hidden.size() - SHOWN) + " more" : "";
        return Optional.of(Obstacle.refused(
                REFUSES + "masked (" + shown + rest + ")",
                "in Docker: run the container with --security-opt systempaths=unconfined",
                "in Podman: run the container with --security-opt unmask=ALL",
                "in Kubernetes: procMount: Unmasked",
                "in Incus or LXD: set security.nesting=true"));
    }
}
