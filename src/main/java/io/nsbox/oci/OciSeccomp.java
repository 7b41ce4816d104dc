package io.nsbox.oci;

import io.nsbox.program.Arch;
import io.nsbox.program.Linux;
import io.nsbox.seccomp.Action;
import io.nsbox.seccomp.Comparison;
import io.nsbox.seccomp.Condition;
import io.nsbox.seccomp.Profile;
import io.nsbox.seccomp.Rule;
import io.nsbox.seccomp.Surroundings;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A seccomp profile as a configuration has it (config-linux.md, "Seccomp"): without Docker's conditions on capabilities,
 * architectures and kernels, which hold or do not hold by now.
 */
final class OciSeccomp {
    private static final Map<Integer, String> FLAGS =
            Map.of(2, "SECCOMP_FILTER_FLAG_LOG", 4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW");

    private OciSeccomp() {}

    /** The profile for a processor, the capabilities in force and a kernel. */
    static Map<String, Object> of(Profile profile, Surroundings where) {
        Map<String, Object> all = new LinkedHashMap<>();
        action(all, "defaultAction", "defaultErrnoRet", profile.defaultAction());
        all.put("architectures", List.of(architecture(where.arch())));
        List<String> flags = FLAGS.entrySet().stream()
                .filter(flag -> (profile.flags() & flag.getKey()) != 0)
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        if (!flags.isEmpty()) {
            all.put("flags", flags);
        }
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Rule rule : profile.rules()) {
            // A rule that says the same as the default is refused by some versions of libseccomp.
            if (rule.counts(where) && !rule.action().equals(profile.defaultAction())) {
                rules.add(rule(rule));
            }
        }
        if (!rules.isEmpty()) {
            all.put("syscalls", rules);
        }
        return all;
    }

    private static Map<String, Object> rule(Rule rule) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("names", rule.names());
        action(entry, "action", "errnoRet", rule.action());
        if (!rule.conditions().isEmpty()) {
            entry.put(
                    "args",
                    rule.conditions().stream().map(OciSeccomp::condition).toList());
        }
        return entry;
    }

    private static Map<String, Object> condition(Condition condition) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("index", condition.index());
        entry.put("value", unsigned(condition.value()));
        if (condition.comparison() == Comparison.MASKED_EQ) {
            entry.put("valueTwo", unsigned(condition.valueTwo()));
        }
        entry.put("op", condition.comparison().word());
        return entry;
    }

    private static void action(Map<String, Object> entry, String key, String dataKey, Action action) {
        entry.put(key, "SCMP_ACT_" + action.kind().name());
        boolean hasData = action.kind() == Action.Kind.ERRNO || action.kind() == Action.Kind.TRACE;
        // EPERM is what a runtime returns unless it is told otherwise; defaultErrnoRet is younger than 1.0.2.
        if (hasData && action.data() != Linux.EPERM) {
            entry.put(dataKey, action.data());
        }
    }

    private static String architecture(Arch arch) {
        return switch (arch) {
            case X86_64 -> "SCMP_ARCH_X86_64";
            case AARCH64 -> "SCMP_ARCH_AARCH64";
        };
    }

    /** The value as JSON of unsigned 64 bits has it. */
    static Number unsigned(long value) {
        return value >= 0 ? Long.valueOf(value) : new BigInteger(Long.toUnsignedString(value));
    }
}
