package io.nsbox.oci;

import io.nsbox.oci.Bundle.ContentFile;
import io.nsbox.spec.Dev;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.GuardedPaths;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.KernelFileSystem;
import io.nsbox.spec.Mount;
import io.nsbox.spec.Mount.Access;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Propagation;
import io.nsbox.spec.Rootfs;
import io.nsbox.spec.SandboxSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root and the mounts of a configuration.
 *
 * <p>A runtime enters the folder {@code root.path} with pivot_root(2), which the caller's own root cannot be the new root
 * of. So for a spec without {@code rootfs} the bundle has an empty folder, and the first mount binds {@code /} on its
 * {@code /}: runc then enters that. An overlay becomes the root in the same way.
 */
final class OciFiles {
    private static final String PROC = "/proc";
    private static final String DEV = "/dev";
    private static final Access UNRESTRICTED = new Access(false, true, true, true);
    private static final Access NOTHING_MORE = new Access(false, false, false, false);

    private final SandboxSpec spec;
    private final FileSystem files;
    private final Circumstances here;
    private final Findings findings;
    private final MountList mounts;
    private final List<ContentFile> contents = new ArrayList<>();
    private final List<Map<String, Object>> devices = new ArrayList<>();
    private final Targets targets;
    private boolean emptyRoot;
    private String rootPath = Bundle.ROOT;

    OciFiles(SandboxSpec spec, Circumstances here, Findings findings) {
        this.spec = spec;
        this.files = spec.fileSystem();
        this.here = here;
        this.findings = findings;
        this.mounts = new MountList(spec.propagation());
        this.targets = new Targets(files, here.paths(), findings);
    }

    void addTo(Map<String, Object> config, Map<String, Object> linux) {
        if (spec.propagation() == Propagation.SHARED || spec.propagation() == Propagation.UNBINDABLE) {
            findings.refuse(
                    "propagation",
                    "runc 1.1 does not carry out '" + spec.propagation().word() + "'",
                    "write private or slave");
        }
        boolean frozenByMount = root();
        dev();
        proc();
        for (int i = 0; i < files.tmpfs().size(); i++) {
            tmpfs(files.tmpfs().get(i), "tmpfs[" + i + "]");
        }
        for (int i = 0; i < files.mounts().size(); i++) {
            mount(files.mounts().get(i), i);
        }
        targets.checkFolder(spec.workingDir());
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("path", rootPath);
        root.put("readonly", files.readOnly() && !frozenByMount);
        config.put("root", root);
        config.put("mounts", mounts.entries());
        linux.put("rootfsPropagation", spec.propagation().word());
        if (!devices.isEmpty()) {
            linux.put("devices", devices);
        }
        boolean usual = files.rootfs() != null && spec.mountProc();
        put(linux, "maskedPaths", files.guarded().masked(), usual ? GuardedPaths.OCI_MASKED : List.of());
        put(linux, "readonlyPaths", files.guarded().readOnly(), usual ? GuardedPaths.OCI_READ_ONLY : List.of());
    }

    private static void put(
            Map<String, Object> linux, String key, @Nullable List<String> given, List<String> otherwise) {
        List<String> paths = given != null ? given : otherwise;
        if (!paths.isEmpty()) {
            linux.put(key, paths);
        }
    }

    /** Puts the root in place and tells whether it is mounted read-only where it should be. */
    private boolean root() {
        Access access = new Access(files.readOnly(), true, true, true);
        Rootfs rootfs = files.rootfs();
        if (rootfs == null) {
            emptyRoot = true;
            mounts.bind("/", "/", access);
            return true;
        }
        if (rootfs.overlay() instanceof Rootfs.Kept kept) {
            emptyRoot = true;
            // What is missing is made in it before runc freezes it at the end.
            mounts.add("overlay", "/", UNRESTRICTED, layers(List.of(rootfs.path()), kept));
            return false;
        }
        if (rootfs.overlay() != null) {
            findings.refuse(
                    "rootfs.overlay",
                    "a runtime cannot make the folder that takes what an overlay throws away",
                    "write overlay: {upper: ./upper, work: ./work}");
        }
        Optional<String> real = here.paths().real(rootfs.path());
        if (real.isEmpty()) {
            findings.refuse("rootfs", "the folder " + rootfs.path() + " cannot be found", "make it before you export");
            return false;
        }
        if (here.paths().hasMountsBelow(real.get()) || spec.propagation() == Propagation.SLAVE) {
            emptyRoot = true;
            mounts.bind(real.get(), "/", access);
            return true;
        }
        rootPath = real.get();
        return false;
    }

    private List<String> layers(List<String> lower, Rootfs.@Nullable Kept kept) {
        List<String> options = new ArrayList<>();
        options.add("lowerdir="
                + String.join(":", lower.stream().map(OciFiles::escape).toList()));
        if (kept != null) {
            options.add("upperdir=" + escape(kept.upper()));
            options.add("workdir=" + escape(kept.work()));
        }
        if (spec.has(Namespace.USER)) {
            options.add("userxattr");
        }
        return options;
    }

    private static String escape(String path) {
        return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
    }

    private void dev() {
        boolean ownRoot = files.rootfs() != null;
        switch (files.devMode()) {
            case MINIMAL -> minimalDev();
            // Runtimes leave a /dev alone that is bound; any other they fill with devices and links.
            case HOST -> hostDev(ownRoot ? UNRESTRICTED : new Access(files.readOnly(), true, true, true));
            case NONE -> {
                if (ownRoot) {
                    rootsDev();
                } else {
                    hostDev(new Access(files.readOnly(), true, true, true));
                }
            }
        }
        for (int i = 0; i < files.dev().devices().size(); i++) {
            device(files.dev().devices().get(i), "devices[" + i + "]", ownRoot);
        }
    }

    private void minimalDev() {
        boolean keepsUid = spec.uidMap() == IdMap.Keyword.KEEP_ID;
        if (here.caller().ids().uid() != 0 && (keepsUid || spec.gidMap() == IdMap.Keyword.KEEP_ID)) {
            findings.refuse(
                    keepsUid ? "uid_map" : "gid_map",
                    "'keep-id' with 'dev: minimal' takes two user namespaces, and a runtime makes one",
                    "write uid_map: root, or dev: host");
        }
        // Without a user namespace runtimes make the devices as files of this tmpfs, so there they must work.
        boolean devicesAreMounts = spec.has(Namespace.USER);
        targets.mounted(DEV);
        mounts.add(
                "tmpfs", DEV, new Access(false, false, !devicesAreMounts, false), List.of("mode=0755", "size=65536k"));
        mounts.add(
                "devpts",
                DEV + "/pts",
                new Access(false, false, true, false),
                List.of("newinstance", "ptmxmode=0666", "mode=0620"));
        mounts.add(
                "tmpfs",
                DEV + "/shm",
                NOTHING_MORE,
                List.of("mode=1777", "size=" + files.dev().shmBytes()));
    }

    private void hostDev(Access access) {
        targets.bound(DEV);
        mounts.bind(DEV, DEV, access);
    }

    private void rootsDev() {
        Rootfs rootfs = Objects.requireNonNull(files.rootfs());
        String own = rootfs.path() + DEV;
        if (rootfs.overlay() != null || here.paths().device(own + "/null").isEmpty()) {
            findings.refuse(
                    "dev",
                    rootfs.overlay() != null
                            ? "runtimes fill the /dev of an overlay"
                            : "runc starts no command in a root without the device /dev/null",
                    "write dev: minimal, or dev: host");
            return;
        }
        targets.mounted(DEV);
        mounts.bind(own, DEV, new Access(files.readOnly(), true, true, true));
    }

    private void device(String path, String at, boolean ownRoot) {
        Optional<HostPaths.Device> found = here.paths().device(path);
        if (found.isEmpty()) {
            findings.refuse(at, path + " is no device of this machine", "remove it");
            return;
        }
        if (files.devMode() == Dev.NONE && ownRoot) {
            mounts.bind(path, path, UNRESTRICTED);
        }
        if (files.devMode() != Dev.MINIMAL) {
            return;
        }
        HostPaths.Device device = found.get();
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("path", path);
        entry.put("type", device.block() ? "b" : "c");
        entry.put("major", device.major());
        entry.put("minor", device.minor());
        entry.put("fileMode", device.mode());
        entry.put("uid", device.uid());
        entry.put("gid", device.gid());
        devices.add(entry);
    }

    private void proc() {
        if (spec.mountProc()) {
            targets.mounted(PROC);
            mounts.add("proc", PROC, KernelFileSystem.PROC.access(), List.of());
            return;
        }
        boolean mounted = files.mounts().stream()
                .anyMatch(mount -> mount.target().path().equals(PROC)
                        && (mount instanceof Mount.Bind
                                || mount instanceof Mount.Kernel kernel && kernel.type() == KernelFileSystem.PROC));
        if (files.rootfs() != null && !mounted) {
            findings.refuse(
                    "rootfs",
                    "runc starts no command in a root without /proc: it closes what it has open by /proc/self/fd",
                    "add mount_proc: true");
        }
    }

    private void tmpfs(Mount.Tmpfs mount, String at) {
        targets.check(mount.target(), at);
        targets.warnOfMode(mount.target(), mount.mode(), at);
        targets.mounted(mount.target().path());
        List<String> options = new ArrayList<>(List.of("mode=" + octal(mount.mode())));
        mount.size().ifPresent(size -> options.add("size=" + size.bytes()));
        mounts.add("tmpfs", mount.target().path(), mount.access(), options);
    }

    private static String octal(int mode) {
        return "0" + Integer.toOctalString(mode);
    }

    private void mount(Mount mount, int index) {
        String at = "mounts[" + index + "]";
        if (mount instanceof Mount.Tmpfs tmpfs) {
            tmpfs(tmpfs, at);
            return;
        }
        if (mount instanceof Mount.Folder || mount instanceof Mount.Symlink) {
            findings.refuse(
                    at,
                    "a runtime makes no " + (mount instanceof Mount.Folder ? "folders" : "symbolic links")
                            + " but for what it mounts",
                    "make it in the root itself");
            return;
        }
        if (mount instanceof Mount.Bind bind && bind.optional() && !here.paths().exists(bind.source())) {
            findings.warn(
                    at,
                    bind.source() + " is missing and left out: a config.json cannot look for it at each start",
                    "export again once it is there");
            return;
        }
        targets.check(mount.target(), at);
        if (mount instanceof Mount.Bind bind) {
            bind(bind, at);
        } else if (mount instanceof Mount.TextFile file) {
            String name = Bundle.FILES + "/" + index;
            contents.add(new ContentFile(name, file.content(), file.mode()));
            mounts.bind(here.folder() + "/" + name, file.target().path(), file.access());
        } else if (mount instanceof Mount.Overlay overlay) {
            overlay(overlay, at);
        } else if (mount instanceof Mount.Kernel kernel) {
            List<String> options = kernel.type() == KernelFileSystem.DEVPTS
                    ? List.of("newinstance", "ptmxmode=0666", "mode=0620")
                    : List.of();
            mounts.add(kernel.type().type(), kernel.target().path(), kernel.access(), options);
        }
        targets.mounted(mount.target().path());
    }

    private void bind(Mount.Bind bind, String at) {
        if (!here.paths().exists(bind.source())) {
            findings.refuse(at, bind.source() + " is missing", "make it before you export");
        }
        if (bind.target().path().equals(PROC) && !bind.source().equals(PROC)) {
            findings.refuse(at, "runc binds nothing but /proc itself on /proc", "remove it, or write mount_proc: true");
        }
        mounts.bind(bind.source(), bind.target().path(), bind.access());
    }

    private void overlay(Mount.Overlay overlay, String at) {
        boolean layersAlone = overlay.kept() == null
                && overlay.access().readOnly()
                && overlay.lower().size() > 1;
        if (overlay.kept() == null && !layersAlone) {
            findings.refuse(
                    at,
                    "a runtime cannot make the folder that takes what an overlay throws away",
                    "add upper and work, or make it read_only with two lower folders or more");
        }
        mounts.add("overlay", overlay.target().path(), overlay.access(), layers(overlay.lower(), overlay.kept()));
    }

    List<ContentFile> contents() {
        return contents;
    }

    boolean emptyRoot() {
        return emptyRoot;
    }
}
