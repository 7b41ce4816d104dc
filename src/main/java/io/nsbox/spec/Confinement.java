package io.nsbox.spec;

import io.nsbox.seccomp.Profile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command is and may do: its ids, capabilities, limits and filters, one component a key of the language.
 *
 * @param user who it runs as; whoever it is by the id maps unless given
 * @param groupAdd supplementary groups, as seen inside
 * @param umask file mode creation mask, 0 to 0777; the caller's unless given
 * @param capDrop capabilities that are taken away
 * @param capAdd capabilities that are given back, after that
 * @param landlock what it may do with files and TCP; {@code null} is anything
 * @param ulimits resource limits, in the spec's order
 * @param oomScoreAdj -1000 to 1000; the caller's unless given
 * @param nice -20 to 19; the caller's unless given
 * @param sysctls kernel parameters of the sandbox's own namespaces, by their names with dots, in the spec's order
 * @param timeOffsets how far its clocks are shifted
 * @param seccomp what system calls are filtered by; {@code null} for no filter
 * @param limits what its control group may use
 */
public record Confinement(
        @Nullable User user,
        List<Long> groupAdd,
        @Nullable Integer umask,
        CapabilityList capDrop,
        CapabilityList capAdd,
        @Nullable Landlock landlock,
        Map<ResourceLimit, Ulimit> ulimits,
        @Nullable Integer oomScoreAdj,
        @Nullable Integer nice,
        Map<String, String> sysctls,
        @Nullable TimeOffsets timeOffsets,
        @Nullable Profile seccomp,
        GroupLimits limits) {
    /** As little as the language's defaults take away. */
    public static final Confinement DEFAULT = new Confinement(
            null,
            List.of(),
            null,
            CapabilityList.NONE,
            CapabilityList.NONE,
            null,
            Map.of(),
            null,
            null,
            Map.of(),
            null,
            null,
            GroupLimits.NONE);

    public Confinement {
        groupAdd = List.copyOf(groupAdd);
        ulimits = Collections.unmodifiableMap(new LinkedHashMap<>(ulimits));
        sysctls = Collections.unmodifiableMap(new LinkedHashMap<>(sysctls));
    }

    /** Whether the spec says anything about capabilities. */
    public boolean changesCapabilities() {
        return !capDrop.isEmpty() || !capAdd.isEmpty();
    }
}
