package io.nsbox.spec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Capabilities that a spec takes away or gives back.
 *
 * @param all whether {@code ALL} is among them: every capability of the running kernel
 * @param names those listed by name
 */
public record CapabilityList(boolean all, Set<LinuxCapability> names) {
    /** None. */
    public static final CapabilityList NONE = new CapabilityList(false, Set.of());

    public CapabilityList {
        Set<LinuxCapability> ordered = EnumSet.noneOf(LinuxCapability.class);
        ordered.addAll(names);
        names = Collections.unmodifiableSet(ordered);
    }

    /** Whether nothing is listed. */
    public boolean isEmpty() {
        return !all && names.isEmpty();
    }

    /** The bits of what is listed; for {@code ALL} those of kernels to come too. */
    public long mask() {
        long mask = all ? -1L : 0;
        for (LinuxCapability name : names) {
            mask |= name.bit();
        }
        return mask;
    }

    /** What is listed, for people. */
    public String text() {
        List<String> words = new ArrayList<>(all ? List.of("ALL") : List.of());
        names.forEach(name -> words.add(name.word()));
        return String.join(", ", words);
    }
}
