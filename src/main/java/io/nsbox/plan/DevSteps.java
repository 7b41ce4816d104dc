package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.spec.Dev;
import io.nsbox.spec.DeviceFolder;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.GuardedPaths;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Origins;
import io.nsbox.spec.SandboxSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps for {@code /dev}, for masked and read-only paths, and for keeping ids where a devpts stands in the way. */
final class DevSteps {
    private final SandboxSpec spec;
    private final Origins origins;

    DevSteps(LoadedSpec loaded) {
        this.spec = loaded.spec();
        this.origins = loaded.origins();
    }

    /** Whether the caller's ids are kept by way of a second user namespace. */
    boolean keepsIdsLater() {
        return spec.has(Namespace.USER)
                && spec.fileSystem().devMode() == Dev.MINIMAL
                && (spec.uidMap() == IdMap.Keyword.KEEP_ID || spec.gidMap() == IdMap.Keyword.KEEP_ID);
    }

    /** The map that is written first: with a second one to come the caller is 0. */
    IdMap first(IdMap map) {
        return keepsIdsLater() && map == IdMap.Keyword.KEEP_ID ? IdMap.Keyword.ROOT : map;
    }

    /** What must be opened before anything is mounted. */
    List<Step> before() {
        List<Step> steps = new ArrayList<>();
        if (keepsIdsLater()) {
            steps.add(new KeepIds.Prepare(mapCause()));
        }
        if (spec.fileSystem().devMode() != Dev.MINIMAL && !masked().isEmpty()) {
            steps.add(new OpenNullDevice(guardedCause("masked_paths")));
        }
        return steps;
    }

    /** What makes {@code /dev}. */
    List<Step> dev() {
        List<Step> steps = new ArrayList<>();
        FileSystem files = spec.fileSystem();
        DeviceFolder dev = files.dev();
        Optional<Span> cause = origins.key("dev").or(() -> origins.key("rootfs"));
        if (files.devMode() == Dev.MINIMAL) {
            steps.add(new MakeDev(cause));
            steps.add(new MountPts(
                    spec.session().mayHaveTerminal(),
                    Optional.ofNullable(spec.confinement().user()),
                    cause));
            steps.add(new MountShm(dev.shmBytes(), origins.key("shm_size").or(() -> cause)));
        }
        if (files.devMode() == Dev.HOST && files.rootfs() != null) {
            steps.add(new BindHostDev(cause));
        }
        for (int i = 0; i < dev.devices().size(); i++) {
            String device = dev.devices().get(i);
            Optional<Span> line = origins.value("devices[" + i + "]").or(() -> origins.key("devices"));
            steps.add(device(device, line));
        }
        return steps;
    }

    private Step device(String device, Optional<Span> line) {
        return switch (spec.fileSystem().devMode()) {
            case MINIMAL -> new AddDevice(device, line);
            case HOST -> new CheckDevice(device, line);
            case NONE ->
                spec.fileSystem().rootfs() == null ? new CheckDevice(device, line) : new BindDevice(device, line);
        };
    }

    /** What hides and freezes paths, after all mounts. */
    List<Step> guards() {
        List<Step> steps = new ArrayList<>();
        if (!masked().isEmpty()) {
            steps.add(new MaskPaths(masked(), spec.mountProc(), guardedCause("masked_paths")));
        }
        if (!frozen().isEmpty()) {
            steps.add(new FreezePaths(frozen(), spec.mountProc(), guardedCause("readonly_paths")));
        }
        return steps;
    }

    /** What follows when nothing is left to mount. */
    List<Step> after() {
        return keepsIdsLater()
                ? List.of(new KeepIds(
                        spec.uidMap() == IdMap.Keyword.KEEP_ID, spec.gidMap() == IdMap.Keyword.KEEP_ID, mapCause()))
                : List.of();
    }

    private List<String> masked() {
        List<String> given = spec.fileSystem().guarded().masked();
        return given != null ? given : byDefault(GuardedPaths.OCI_MASKED);
    }

    private List<String> frozen() {
        List<String> given = spec.fileSystem().guarded().readOnly();
        return given != null ? given : byDefault(GuardedPaths.OCI_READ_ONLY);
    }

    private List<String> byDefault(List<String> paths) {
        return spec.fileSystem().rootfs() != null && spec.mountProc() ? paths : List.of();
    }

    private Optional<Span> guardedCause(String key) {
        return origins.key(key).or(() -> origins.key("mount_proc"));
    }

    private Optional<Span> mapCause() {
        return origins.key("uid_map").or(() -> origins.key("gid_map"));
    }
}
