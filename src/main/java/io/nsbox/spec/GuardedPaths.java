package io.nsbox.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths inside that are hidden or frozen after all mounts: absolute, without {@code ..}, and none of them the root.
 *
 * @param masked hidden; {@code null} where the spec does not say
 * @param readOnly frozen with all below; {@code null} where the spec does not say
 */
public record GuardedPaths(
        @Nullable List<String> masked, @Nullable List<String> readOnly) {
    /** Nothing said. */
    public static final GuardedPaths UNSAID = new GuardedPaths(null, null);

    /** What tells about the kernel and its host, as {@code runc spec} writes it into {@code linux.maskedPaths}. */
    public static final List<String> OCI_MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware");

    /** What changes the kernel, as {@code runc spec} writes it into {@code linux.readonlyPaths}. */
    public static final List<String> OCI_READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    public GuardedPaths {
        masked = masked == null ? null : List.copyOf(masked);
        readOnly = readOnly == null ? null : List.copyOf(readOnly);
    }
}
