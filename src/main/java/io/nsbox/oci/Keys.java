package io.nsbox.oci;

import io.nsbox.spec.Key;
import io.nsbox.spec.LoadedSpec;
import java.util.Optional;

/**
 * Which keys of the language version 1.0.2 of the OCI runtime specification has no word for.
 *
 * <p>Every key is named here: a new one does not compile before somebody has decided.
 */
final class Keys {
    private static final String ON_TOP = "remove it; an engine on top of the runtime does this";

    private Keys() {}

    /** Why a key cannot be exported, and what helps. */
    private record Refusal(String message, String help) {}

    /** Reports the keys of a spec that cannot be exported whatever their value is. */
    static void check(LoadedSpec loaded, Findings findings) {
        for (Key key : Key.values()) {
            if (loaded.origins().key(key.word()).isPresent()) {
                refusal(key).ifPresent(refusal -> findings.refuse(key.word(), refusal.message(), refusal.help()));
            }
        }
    }

    private static Optional<Refusal> refusal(Key key) {
        return switch (key) {
            case DOMAINNAME -> unknown("domain name", "remove it");
            case TIME_OFFSETS -> unknown("clock offsets", "remove it");
            case LANDLOCK ->
                unknown("Landlock", "remove it; `seccomp`, `masked_paths` and `readonly_paths` can be exported");
            case NICE -> unknown("scheduling priority", "remove it");
            case TIMEOUT -> unknown("time limit", ON_TOP);
            case STOP_SIGNAL -> unknown("stop signal", ON_TOP);
            case STOP_GRACE_PERIOD -> unknown("grace period", ON_TOP);
            case REPORT -> unknown("report", ON_TOP);
            case EXTENDS, INCLUDE ->
                Optional.of(new Refusal("'" + key.word() + "' cannot be exported yet", "remove it"));
            case VERSION,
                    NAME,
                    DESCRIPTION,
                    NAMESPACES,
                    HOSTNAME,
                    MOUNT_PROC,
                    UID_MAP,
                    GID_MAP,
                    ROOTFS,
                    READ_ONLY,
                    PROPAGATION,
                    MOUNTS,
                    TMPFS,
                    DEV,
                    DEVICES,
                    MASKED_PATHS,
                    READONLY_PATHS,
                    SHM_SIZE,
                    USER,
                    GROUP_ADD,
                    UMASK,
                    WORKING_DIR,
                    CAP_DROP,
                    CAP_ADD,
                    NO_NEW_PRIVILEGES,
                    SECCOMP,
                    ULIMITS,
                    OOM_SCORE_ADJ,
                    SYSCTLS,
                    MEM_LIMIT,
                    MEMSWAP_LIMIT,
                    MEM_RESERVATION,
                    CPUS,
                    CPUSET,
                    CPU_WEIGHT,
                    PIDS_LIMIT,
                    CGROUP_PARENT,
                    NETWORK,
                    ENVIRONMENT,
                    INHERIT_ENV,
                    INIT,
                    TTY,
                    COMMAND -> Optional.empty();
        };
    }

    private static Optional<Refusal> unknown(String what, String help) {
        return Optional.of(new Refusal("the OCI runtime specification 1.0.2 knows no " + what, help));
    }
}
