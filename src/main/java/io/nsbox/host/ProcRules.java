package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/** When the kernel mounts a new procfs for the caller (mount_namespaces(7), fs/namespace.c mount_too_revealing). */
final class ProcRules {
    private ProcRules() {}

    /** What keeps the caller from {@code mount_proc}; {@code withUser} tells whether the spec lists {@code user}. */
    static Optional<Obstacle> obstacle(boolean withUser, HostFacts facts) {
        Optional<Obstacle> needed = withUser
                ? NamespaceRules.obstacle(NamespaceKind.USER, facts).map(other -> other.because("needs `user`"))
                : Optional.empty();
        return needed.or(() -> needs(NamespaceKind.MOUNT, facts))
                .or(() -> needs(NamespaceKind.PID, facts))
                .or(() -> withUser || facts.inUserNamespace() ? hidden(facts) : Optional.empty());
    }

    private static Optional<Obstacle> needs(NamespaceKind kind, HostFacts facts) {
        return NamespaceRules.obstacle(kind, facts).map(other -> other.because("needs `" + kind.word() + "`"));
    }

    private static Optional<Obstacle> hidden(HostFacts facts) {
        List<String> hidden = facts.mounts().procHidden();
        if (hidden.isEmpty()) {
            return Optional.empty();
        }
        String shown = String.join(", ", hidden.subList(0, Math.min(3, hidden.size())));
        String rest = hidden.size() > 3 ? " and " + (hidden.size() - 3) + " more" : "";
        return Optional.of(Obstacle.refused(
                "in a user namespace the kernel refuses a new procfs while the visible one is masked (" + shown + rest
                        + ")",
                "in Docker: run the container with --security-opt systempaths=unconfined",
                "in Podman: run the container with --security-opt unmask=ALL",
                "in Kubernetes: procMount: Unmasked",
                "in Incus or LXD: set security.nesting=true"));
    }
}
