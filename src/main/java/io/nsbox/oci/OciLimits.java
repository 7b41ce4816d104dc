package io.nsbox.oci;

import io.nsbox.spec.GroupLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The limits of a control group as a configuration has them (config-linux.md, "Control groups"). */
final class OciLimits {
    /** Without a limit of both there may be as much swap as memory. */
    private static final int BOTH = 2;

    /* How runc 1.1 makes a weight of shares: 1 + (shares - 2) * 9999 / 262142. */
    private static final int LEAST_SHARES = 2;
    private static final int WEIGHTS = 9_999;
    private static final long SHARES = 262_142;

    private OciLimits() {}

    /** Adds what the spec limits to {@code linux.resources}. */
    static void addTo(Map<String, Object> resources, GroupLimits limits, OciGroups groups) {
        put(resources, "memory", memory(limits, groups));
        put(resources, "cpu", cpu(limits, groups));
        Long pids = limits.pids();
        if (pids != null) {
            put(resources, "pids", Map.of("limit", pids));
        }
    }

    /** The group of a sandbox below the one that the spec names; absent where it names none, and the runtime chooses. */
    static @Nullable String path(GroupLimits limits, String name) {
        return limits.parentGroup().map(parent -> "/" + parent + "/" + name).orElse(null);
    }

    private static Map<String, Object> memory(GroupLimits limits, OciGroups groups) {
        Map<String, Object> memory = new LinkedHashMap<>();
        Long limit = limits.memory();
        if (limit != null) {
            memory.put("limit", limit);
            Long both = limits.memoryAndSwap();
            if (both != null) {
                memory.put("swap", both);
            } else if (groups.swap()) {
                memory.put("swap", limit > Long.MAX_VALUE / BOTH ? Long.MAX_VALUE : BOTH * limit);
            }
        }
        Long reservation = limits.memoryReservation();
        if (reservation != null) {
            memory.put("reservation", reservation);
        }
        return memory;
    }

    private static Map<String, Object> cpu(GroupLimits limits, OciGroups groups) {
        Map<String, Object> cpu = new LinkedHashMap<>();
        Integer weight = limits.cpuWeight();
        if (weight != null) {
            cpu.put("shares", groups.unified() ? sharesThatBecome(weight) : GroupLimits.shares(weight));
        }
        Long quota = limits.cpuQuota();
        if (quota != null) {
            cpu.put("quota", quota);
            cpu.put("period", GroupLimits.CPU_PERIOD);
        }
        String cpuset = limits.cpuset();
        if (cpuset != null) {
            cpu.put("cpus", cpuset);
        }
        return cpu;
    }

    /** The shares of which runc makes this weight again, rounding down: 26 shares are one weight. */
    private static long sharesThatBecome(int weight) {
        return LEAST_SHARES + ((weight - 1) * SHARES + WEIGHTS - 1) / WEIGHTS;
    }

    private static void put(Map<String, Object> resources, String key, Map<String, Object> values) {
        if (!values.isEmpty()) {
            resources.put(key, values);
        }
    }
}
