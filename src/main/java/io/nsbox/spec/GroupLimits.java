package io.nsbox.spec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox's control group may use (cgroups(7)), one component a key of the language; {@code null} is no limit.
 *
 * @param memory bytes of memory
 * @param memoryAndSwap bytes of memory and swap together, or {@link #UNLIMITED}; as Compose has it
 * @param memoryReservation bytes that are left to the group as long as others have more than theirs
 * @param cpuQuota microseconds of processor time in each {@link #CPU_PERIOD}
 * @param cpuset processors, as the kernel writes such a list: ascending, ranges joined
 * @param cpuWeight the group's share where processors are short, 1 to 10000; the kernel's default is 100
 * @param pids how many processes and threads there may be
 * @param parent the group below which the sandbox's own is made, relative to where the hierarchy is mounted
 */
public record GroupLimits(
        @Nullable Long memory,
        @Nullable Long memoryAndSwap,
        @Nullable Long memoryReservation,
        @Nullable Long cpuQuota,
        @Nullable String cpuset,
        @Nullable Integer cpuWeight,
        @Nullable Long pids,
        @Nullable String parent) {
    /** No limit of any kind. */
    public static final GroupLimits NONE = new GroupLimits(null, null, null, null, null, null, null, null);

    /** Stands for no limit of swap. */
    public static final long UNLIMITED = -1;

    /** The period of cpu.max and cpu.cfs_period_us, in microseconds: the kernel's default. */
    public static final int CPU_PERIOD = 100_000;

    /** The weight that everybody has by default. */
    private static final int DEFAULT_WEIGHT = 100;

    /** The cpu.shares that everybody has by default. */
    private static final int DEFAULT_SHARES = 1024;

    /** The kernel's MIN_SHARES (sched.h). */
    private static final int LEAST_SHARES = 2;

    /** What version 1 has for a weight of version 2. */
    public static int shares(int weight) {
        return Math.max(LEAST_SHARES, weight * DEFAULT_SHARES / DEFAULT_WEIGHT);
    }

    /** Whether a control group is needed. */
    public boolean isNone() {
        return memory == null
                && memoryAndSwap == null
                && memoryReservation == null
                && cpuQuota == null
                && cpuset == null
                && cpuWeight == null
                && pids == null;
    }

    /** The group below which the sandbox's own is to be made, if the spec says. */
    public Optional<String> parentGroup() {
        return Optional.ofNullable(parent);
    }
}
