package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Says in a few words what a profile comes to. */
public final class Summary {
    private Summary() {}

    /**
     * Such as {@code 345 system calls allowed (3 by their arguments), others errno 1 (EPERM)}.
     *
     * <p>Names are counted over all architectures that filters are made for, so it is the same for each, and for the oldest
     * kernel.
     */
    public static String of(Profile profile, Set<String> capabilities) {
        if (profile.defaultAction().permits()) {
            int restricted = count(profile, capabilities, treatment -> !treatment.alwaysPermits());
            int sometimes =
                    count(profile, capabilities, treatment -> treatment.everPermits() && !treatment.alwaysPermits());
            return calls(restricted) + " restricted" + byArguments(sometimes) + ", others "
                    + profile.defaultAction().text();
        }
        int allowed = count(profile, capabilities, Treatment::everPermits);
        int sometimes =
                count(profile, capabilities, treatment -> treatment.everPermits() && !treatment.alwaysPermits());
        return calls(allowed) + " allowed" + byArguments(sometimes) + ", others "
                + profile.defaultAction().text();
    }

    private static String calls(int count) {
        return count + (count == 1 ? " system call" : " system calls");
    }

    private static String byArguments(int count) {
        return count == 0 ? "" : " (" + count + " by arguments)";
    }

    private static int count(Profile profile, Set<String> capabilities, Predicate<Treatment> wanted) {
        Set<String> names = new HashSet<>();
        for (Arch arch : Arch.values()) {
            Policy policy = profile.policy(new Surroundings(arch, capabilities, KernelRelease.OLDEST));
            policy.treatments().values().stream()
                    .filter(wanted)
                    .forEach(treatment -> names.add(treatment.call().name()));
        }
        return names.size();
    }
}
