package io.nsbox.spec;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import java.util.Optional;

/** The rules between the limits of a control group. */
record GroupLimitRules(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {

    void check() {
        GroupLimits limits = spec.confinement().limits();
        Long memory = limits.memory();
        Long both = limits.memoryAndSwap();
        Long reserved = limits.memoryReservation();
        if (both != null && memory == null && origins.key(Key.MEM_LIMIT.word()).isEmpty()) {
            error(Key.MEMSWAP_LIMIT, "'memswap_limit' has no meaning without 'mem_limit'", Optional.empty())
                    .ifPresent(d -> diagnostics.add(d.withHelp("add 'mem_limit', which it includes")));
        }
        if (both != null && memory != null && both != GroupLimits.UNLIMITED && both < memory) {
            error(
                            Key.MEMSWAP_LIMIT,
                            "'memswap_limit' is less than 'mem_limit', which it includes",
                            Optional.of(Key.MEM_LIMIT))
                    .ifPresent(d -> diagnostics.add(d.withHelp(
                            "it is memory and swap together: write the value of 'mem_limit' for no swap at all")));
        }
        if (reserved != null && memory != null && reserved > memory) {
            error(Key.MEM_RESERVATION, "'mem_reservation' is more than 'mem_limit'", Optional.of(Key.MEM_LIMIT))
                    .ifPresent(d -> diagnostics.add(d.withHelp("lower it, or raise 'mem_limit'")));
        }
        if (limits.parent() != null && limits.isNone() && saysNoLimit()) {
            error(Key.CGROUP_PARENT, "'cgroup_parent' without a limit makes no control group", Optional.empty())
                    .ifPresent(d -> diagnostics.add(
                            d.withHelp("add a limit, such as pids_limit: 100, or remove 'cgroup_parent'")));
        }
    }

    /** A limit that was refused is one too. */
    private boolean saysNoLimit() {
        for (Key key : Key.LIMITS) {
            if (origins.key(key.word()).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private Optional<Diagnostic> error(Key key, String message, Optional<Key> other) {
        return origins.key(key.word())
                .map(span -> Diagnostic.at(Severity.ERROR, Code.CONFLICT, span, key.word(), message))
                .map(diagnostic -> other.flatMap(o -> origins.key(o.word()))
                        .map(span -> diagnostic.withRelated(span, "set here"))
                        .orElse(diagnostic));
    }
}
