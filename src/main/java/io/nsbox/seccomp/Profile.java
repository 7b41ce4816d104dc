package io.nsbox.seccomp;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A profile as Docker and the OCI runtime specification write it (config-linux.md, "Seccomp").
 *
 * @param name what messages call it: {@code default}, a path, or {@code inline}
 * @param defaultAction what happens to system calls that no rule is about
 * @param rules in the profile's order
 * @param flags of seccomp(2), {@code SECCOMP_FILTER_FLAG_*} as bits
 */
public record Profile(String name, Action defaultAction, List<Rule> rules, int flags) {
    public Profile {
        rules = List.copyOf(rules);
    }

    /** What the profile comes to. */
    public Policy policy(Surroundings where) {
        return Policy.of(this, where);
    }

    /**
     * The kernels from which on it comes to another policy: the oldest that launchers run on, then each that a rule asks
     * for, in order.
     */
    public List<KernelRelease> kernels() {
        Set<KernelRelease> kernels = new TreeSet<>(Set.of(KernelRelease.OLDEST));
        for (Rule rule : rules) {
            rule.includes().minKernel().ifPresent(kernels::add);
            rule.excludes().minKernel().ifPresent(kernels::add);
        }
        return kernels.stream()
                .filter(kernel -> kernel.atLeast(KernelRelease.OLDEST))
                .toList();
    }
}
