package io.nsbox.plan;

import io.nsbox.spec.Namespace;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The first process of a running sandbox.
 *
 * @param pid its pid as the caller sees it
 * @param launcher the pid of its launcher, by which its control groups are called
 * @param namespaces the inode numbers of its namespaces, of those that are the sandbox's (namespaces(7))
 */
public record SandboxProcess(long pid, long launcher, Map<Namespace, Long> namespaces) {
    public SandboxProcess {
        namespaces = Collections.unmodifiableMap(new EnumMap<>(namespaces));
    }

    /** What a namespace is called in {@code /proc/PID/ns}. */
    public static String file(Namespace namespace) {
        return switch (namespace) {
            case MOUNT -> "mnt";
            case NETWORK -> "net";
            case CGROUP, IPC, PID, TIME, USER, UTS -> namespace.word();
        };
    }
}
