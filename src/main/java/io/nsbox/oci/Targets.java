package io.nsbox.oci;

import io.nsbox.spec.FileSystem;
import io.nsbox.spec.GuestPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at the places that are mounted on: a runtime makes what is missing. */
final class Targets {
    /** A mount: its target, and whether what lies below it is the caller's own at the same path. */
    private record Mounted(String path, boolean callers) {}

    private final FileSystem files;
    private final HostPaths paths;
    private final Findings findings;
    private final List<Mounted> mounted = new ArrayList<>();

    Targets(FileSystem files, HostPaths paths, Findings findings) {
        this.files = files;
        this.paths = paths;
        this.findings = findings;
    }

    /** Takes note of a mount: what lies below it is no longer the root's. */
    void mounted(String path) {
        mounted.add(new Mounted(path, false));
    }

    /** Takes note that the caller's folder is mounted at its own path. */
    void bound(String path) {
        mounted.add(new Mounted(path, true));
    }

    /** Reports a target that a runtime would make where nsbox makes nothing. */
    void check(GuestPath target, String at) {
        String path = target.path();
        Mounted below = holder(path);
        boolean callers = below == null ? files.rootfs() == null : below.callers();
        if (callers && !paths.exists(path)) {
            findings.refuse(
                    at,
                    path + " is missing, and a runtime would make it in the caller's own files",
                    "make it before you export, or mount on a folder that is there");
        }
    }

    private @Nullable Mounted holder(String path) {
        Mounted nearest = null;
        for (Mounted each : mounted) {
            boolean holds = path.equals(each.path()) || path.startsWith(each.path() + "/");
            if (holds
                    && (nearest == null
                            || each.path().length() >= nearest.path().length())) {
                nearest = each;
            }
        }
        return nearest;
    }

    /** Tells where runc gives a tmpfs another mode than the spec: that of the folder which it covers. */
    void warnOfMode(GuestPath target, int mode, String at) {
        if (holder(target.path()) != null) {
            return;
        }
        String root = files.rootfs() == null ? "" : files.rootfs().path();
        paths.folderMode(root + target.path())
                .filter(there -> there != mode)
                .ifPresent(there -> findings.warn(
                        at,
                        "runc 1.1 gives a tmpfs the mode of the folder that it covers, here 0"
                                + Integer.toOctalString(there) + ", not 0" + Integer.toOctalString(mode),
                        "give the folder that mode, or mount on a path that is not there"));
    }

    /** Reports a working directory that is missing, which a runtime would make. */
    void checkFolder(@Nullable String folder) {
        if (folder == null || holder(folder) != null) {
            return;
        }
        String root = files.rootfs() == null ? "" : files.rootfs().path();
        if (!paths.exists(root + folder)) {
            findings.refuse(
                    "working_dir",
                    folder + " is missing, and a runtime would make it",
                    "make it before you export, or choose a folder that is there");
        }
    }
}
