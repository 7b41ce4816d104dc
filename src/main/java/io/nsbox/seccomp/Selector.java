package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.Optional;
import java.util.Set;

/**
 * What a rule's {@code includes} or {@code excludes} names.
 *
 * @param caps capabilities, such as {@code CAP_SYS_ADMIN}
 * @param arches architectures by Docker's words, such as {@code amd64}
 * @param minKernel a kernel: that one or a later one
 */
public record Selector(Set<String> caps, Set<String> arches, Optional<KernelRelease> minKernel) {
    /** Names nothing. */
    public static final Selector NONE = new Selector(Set.of(), Set.of(), Optional.empty());

    public Selector {
        caps = Set.copyOf(caps);
        arches = Set.copyOf(arches);
    }

    /** As {@code includes}: whether all capabilities, one of the architectures and the kernel are there. */
    boolean holds(Surroundings where) {
        return (arches.isEmpty() || arches.contains(word(where.arch())))
                && where.capabilities().containsAll(caps)
                && minKernel.map(where.kernel()::atLeast).orElse(true);
    }

    /** As {@code excludes}: whether anything that it names is there. */
    boolean touches(Surroundings where) {
        return arches.contains(word(where.arch()))
                || caps.stream().anyMatch(where.capabilities()::contains)
                || minKernel.map(where.kernel()::atLeast).orElse(false);
    }

    /** Docker calls architectures as Go does. */
    private static String word(Arch arch) {
        return switch (arch) {
            case X86_64 -> "amd64";
            case AARCH64 -> "arm64";
        };
    }
}
