package io.nsbox.seccomp;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Says in a few words what a profile comes to. */
public final class Summary {
    private Summary() {}

    /**
     * Such as {@code 345 system calls allowed (3 by arguments), others errno 1 (EPERM)}.
     *
     * @param policies what one profile comes to on each architecture: names are counted once, so that the text is the same
     *     for all
     */
    public static String of(List<Policy> policies) {
        Action byDefault = policies.get(0).defaultAction();
        boolean isOpen = byDefault.permits();
        Set<String> counted = new HashSet<>();
        Set<String> sometimes = new HashSet<>();
        for (Policy policy : policies) {
            for (Treatment treatment : policy.treatments().values()) {
                boolean always = treatment.alwaysPermits();
                boolean ever = treatment.everPermits();
                if (isOpen ? !always : ever) {
                    counted.add(treatment.call().name());
                }
                if (ever && !always) {
                    sometimes.add(treatment.call().name());
                }
            }
        }
        return counted.size() + (counted.size() == 1 ? " system call" : " system calls")
                + (isOpen ? " restricted" : " allowed")
                + (sometimes.isEmpty() ? "" : " (" + sometimes.size() + " by arguments)") + ", others "
                + byDefault.text();
    }
}
