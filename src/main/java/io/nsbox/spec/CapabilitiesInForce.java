package io.nsbox.spec;

import io.nsbox.seccomp.CapabilityNames;
import java.util.HashSet;
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
     * takes them from everybody but root. {@code cap_drop} takes some away, {@code cap_add} gives some to whoever it is.
     */
    public static Set<String> of(SandboxSpec spec) {
        Confinement confinement = spec.confinement();
        Set<String> inForce = new HashSet<>();
        if (canBeRoot(spec) && !confinement.capDrop().all()) {
            inForce.addAll(ALL);
            confinement.capDrop().names().forEach(name -> inForce.remove(name.word()));
        }
        if (confinement.capAdd().all()) {
            inForce.addAll(ALL);
        }
        confinement.capAdd().names().forEach(name -> inForce.add(name.word()));
        return Set.copyOf(inForce);
    }

    private static boolean canBeRoot(SandboxSpec spec) {
        User user = spec.confinement().user();
        if (user != null) {
            return user.uid() == 0;
        }
        if (!spec.makes(Namespace.USER)) {
            return true;
        }
        IdMap map = spec.uidMap();
        return map == IdMap.Keyword.ROOT
                || map == IdMap.Keyword.AUTO
                || map instanceof IdMap.Ranges given && given.ranges().stream().anyMatch(range -> range.inside() == 0);
    }
}
