package io.nsbox.spec;

import io.nsbox.seccomp.CapabilityNames;
import java.util.Set;

/** The capabilities that a sandbox's command can have, as far as its spec tells. */
public final class CapabilitiesInForce {
    private static final Set<String> ALL = Set.copyOf(CapabilityNames.ALL);

    private CapabilitiesInForce() {}

    /**
     * Those that a seccomp profile's rules may ask for.
     *
     * <p>Without a new user namespace: all, since the caller may be root, and a caller that is not has none that a rule
     * could give. In one: all where the command is root inside, none where it is somebody else or nobody, because execve(2)
     * takes them from everybody but root.
     */
    public static Set<String> of(SandboxSpec spec) {
        if (!spec.has(Namespace.USER)) {
            return ALL;
        }
        IdMap map = spec.uidMap();
        boolean root = map == IdMap.Keyword.ROOT
                || map == IdMap.Keyword.AUTO
                || map instanceof IdMap.Ranges given && given.ranges().stream().anyMatch(range -> range.inside() == 0);
        return root ? ALL : Set.of();
    }
}
