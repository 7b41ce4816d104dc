package io.nsbox.spec;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import java.util.List;
import java.util.Optional;

/**
 * What may be mounted in a sandbox's {@code /proc}: nothing but files that only show how the machine is doing.
 *
 * <p>Programs, and runtimes inside, trust the rest: a file of somebody's in place of {@code /proc/self/attr/exec} turned
 * a confinement off (CVE-2019-16884, CVE-2019-19921).
 */
public final class ProcFiles {
    private static final String PROC = "/proc";

    /** Those that lxcfs(8) replaces; the OCI runtimes allow the same. */
    private static final List<String> REPLACEABLE =
            List.of("cpuinfo", "diskstats", "loadavg", "meminfo", "slabinfo", "stat", "swaps", "uptime");

    private ProcFiles() {}

    /** Whether it is {@code /proc} itself, or one of the files in it that may be replaced. */
    public static boolean mayBeMountedOn(GuestPath path) {
        return path.path().equals(PROC) || path.parent().path().equals(PROC) && REPLACEABLE.contains(path.name());
    }

    /** Reports each mount that a spec asks for below {@code /proc}. */
    static void check(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {
        FileSystem files = spec.fileSystem();
        for (int i = 0; i < files.tmpfs().size(); i++) {
            check(files.tmpfs().get(i), "tmpfs[" + i + "]", origins, diagnostics);
        }
        for (int i = 0; i < files.mounts().size(); i++) {
            check(files.mounts().get(i), "mounts[" + i + "]", origins, diagnostics);
        }
    }

    private static void check(Mount mount, String path, Origins origins, Diagnostics diagnostics) {
        // These two mount nothing, and a procfs lets nobody make a file.
        boolean mounts = !(mount instanceof Mount.Folder || mount instanceof Mount.Symlink);
        if (!mounts || !mount.target().path().startsWith(PROC + "/") || mayBeMountedOn(mount.target())) {
            return;
        }
        Optional<Span> place = origins.value(path + ".target").or(() -> origins.value(path));
        place.ifPresent(span -> diagnostics.add(Diagnostic.at(
                        Severity.ERROR,
                        Code.INVALID_VALUE,
                        span,
                        path,
                        "nothing may be mounted on " + mount.target() + ": programs trust what /proc says")
                .withHelp("only these can be replaced: " + PROC + "/" + String.join(", ", REPLACEABLE)
                        + "; masked_paths hides others")));
    }
}
