package io.nsbox.spec;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import io.nsbox.program.Arch;
import io.nsbox.seccomp.Filter;
import io.nsbox.seccomp.KernelRelease;
import io.nsbox.seccomp.Policy;
import io.nsbox.seccomp.Profile;
import io.nsbox.seccomp.Surroundings;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a seccomp profile must let a launcher do, and what the kernel takes. */
final class SeccompRules {
    private static final String KEY = Key.SECCOMP.word();

    private final SandboxSpec spec;
    private final Profile profile;
    private final Span place;
    private final Diagnostics diagnostics;
    private final Set<String> capabilities;

    private SeccompRules(SandboxSpec spec, Profile profile, Span place, Diagnostics diagnostics) {
        this.spec = spec;
        this.profile = profile;
        this.place = place;
        this.diagnostics = diagnostics;
        this.capabilities = CapabilitiesInForce.of(spec);
    }

    static void check(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {
        Profile profile = spec.confinement().seccomp();
        Optional<Span> place = origins.key(KEY);
        if (profile == null || place.isEmpty()) {
            return;
        }
        SeccompRules rules = new SeccompRules(spec, profile, place.get(), diagnostics);
        rules.mayBeLoaded(origins);
        if (!profile.name().equals("default")) {
            rules.policiesAreSound();
        }
    }

    /** A process without no_new_privs needs CAP_SYS_ADMIN to load a filter (seccomp(2)). */
    private void mayBeLoaded(Origins origins) {
        if (spec.noNewPrivileges() || capabilities.contains("CAP_SYS_ADMIN")) {
            return;
        }
        Diagnostic problem = error(
                Code.CONFLICT,
                "'seccomp' without 'no_new_privileges' needs CAP_SYS_ADMIN, which the command does not have inside");
        diagnostics.add(origins.key(Key.NO_NEW_PRIVILEGES.word())
                .map(other -> problem.withRelated(other, "no_new_privs is turned off here"))
                .orElse(problem)
                .withHelp("remove 'no_new_privileges: false'"));
    }

    private void policiesAreSound() {
        Set<String> conflicts = new TreeSet<>();
        boolean executes = true;
        boolean tells = true;
        for (Arch arch : Arch.values()) {
            for (KernelRelease kernel : profile.kernels()) {
                Policy policy = profile.policy(new Surroundings(arch, capabilities, kernel));
                conflicts.addAll(policy.conflicts());
                executes &= policy.alwaysPermits("execve");
                tells &= policy.alwaysPermits("write") || policy.alwaysPermits("sendto");
                fits(policy.filter());
            }
        }
        for (String name : conflicts) {
            diagnostics.add(error(
                            Code.CONFLICT,
                            "the seccomp profile gives '" + name + "' two actions under the same conditions")
                    .withHelp("remove one of the two rules"));
        }
        if (!executes) {
            diagnostics.add(error(
                            Code.CONFLICT,
                            "the seccomp profile does not always allow 'execve', without which no command starts")
                    .withHelp("add a rule that allows 'execve' without conditions"));
        } else if (!tells) {
            diagnostics.add(Diagnostic.at(
                            Severity.WARNING,
                            Code.CONFLICT,
                            place,
                            KEY,
                            "the seccomp profile allows neither 'write' nor 'sendto', so a command that cannot be "
                                    + "executed ends with status 125 and no message")
                    .withHelp("add a rule that allows 'write'"));
        }
    }

    private void fits(Filter filter) {
        if (filter.size() > Filter.LONGEST) {
            diagnostics.add(error(
                            Code.OUT_OF_RANGE,
                            "the seccomp filter has " + filter.size() + " instructions on "
                                    + filter.arch().word() + ", and the kernel takes " + Filter.LONGEST)
                    .withHelp("use fewer rules with conditions"));
        }
    }

    private Diagnostic error(Code code, String message) {
        return Diagnostic.at(Severity.ERROR, code, place, KEY, message);
    }
}
