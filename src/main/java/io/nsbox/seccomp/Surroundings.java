package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.Set;

/**
 * What a profile's rules may depend on.
 *
 * @param arch what the filter is for
 * @param capabilities those in force, such as {@code CAP_SYS_ADMIN}
 * @param kernel the kernel it runs on
 */
public record Surroundings(Arch arch, Set<String> capabilities, KernelRelease kernel) {
    public Surroundings {
        capabilities = Set.copyOf(capabilities);
    }
}
