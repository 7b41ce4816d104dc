package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.spec.Dev;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.KernelFileSystem;
import io.nsbox.spec.Mount;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Origins;
import io.nsbox.spec.Propagation;
import io.nsbox.spec.Rootfs;
import io.nsbox.spec.SandboxSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides which steps make the files that a sandbox sees, and in which order.
 *
 * <p>First everything of the caller's is opened, while its paths still mean what they mean to the caller; then the root is
 * put in place, and what is mounted under it, in the spec's order; then the old root is let go.
 */
final class FileSteps {
    private final SandboxSpec spec;
    private final FileSystem files;
    private final Origins origins;
    private final DevSteps dev;
    private final List<Step> steps = new ArrayList<>();

    private FileSteps(SandboxSpec spec, Origins origins, DevSteps dev) {
        this.spec = spec;
        this.files = spec.fileSystem();
        this.origins = origins;
        this.dev = dev;
    }

    /** The steps of a spec; {@code propagation} is the line that says how mounts travel. */
    static List<Step> of(SandboxSpec spec, Origins origins, DevSteps dev, Optional<Span> propagation) {
        FileSteps files = new FileSteps(spec, origins, dev);
        files.plan(propagation);
        return files.steps;
    }

    /** Whether the sandbox mounts a devpts, in which its terminal can be one. */
    static boolean hasDevpts(SandboxSpec spec) {
        return spec.makes(Namespace.MOUNT) && (spec.fileSystem().devMode() == Dev.MINIMAL || terminals(spec) >= 0);
    }

    /** Where that devpts is seen inside, if there is one. */
    static Optional<String> devpts(SandboxSpec spec) {
        if (!hasDevpts(spec)) {
            return Optional.empty();
        }
        int index = terminals(spec);
        return Optional.of(
                index < 0
                        ? "/dev/pts"
                        : spec.fileSystem().mounts().get(index).target().toString());
    }

    /** The mount in which the sandbox's terminal is opened: the first devpts, unless {@code dev: minimal} brings one; or -1. */
    private static int terminals(SandboxSpec spec) {
        List<Mount> mounts = spec.fileSystem().mounts();
        for (int i = 0; i < mounts.size() && spec.fileSystem().devMode() != Dev.MINIMAL; i++) {
            if (mounts.get(i) instanceof Mount.Kernel kernel && kernel.type() == KernelFileSystem.DEVPTS) {
                return i;
            }
        }
        return -1;
    }

    private void plan(Optional<Span> propagation) {
        if (!spec.makes(Namespace.MOUNT)) {
            return;
        }
        boolean underRoot =
                files.rootfs() != null || files.hasMounts() || files.readOnly() || files.devMode() == Dev.MINIMAL;
        List<Step> guards = dev.guards();
        boolean later = (underRoot || !guards.isEmpty())
                && (spec.propagation() == Propagation.SHARED || spec.propagation() == Propagation.UNBINDABLE);
        steps.add(new SetPropagation(later ? Propagation.PRIVATE : spec.propagation(), propagation));
        boolean covers = files.hasMounts() || files.devMode() == Dev.MINIMAL || !guards.isEmpty();
        boolean returns = files.rootfs() == null && covers && spec.workingDir() == null;
        if (returns) {
            steps.add(new RememberFolder());
        }
        steps.addAll(dev.before());
        if (underRoot) {
            prepare();
            root();
            mounts();
            if (files.rootfs() != null) {
                steps.add(new EnterRoot(origins.key("rootfs")));
            }
        } else {
            steps.addAll(dev.dev());
            proc();
        }
        steps.addAll(guards);
        if (returns) {
            steps.add(new ReturnToFolder(hides()));
        }
        // What is copied or mounted under shared mounts would travel, and unbindable ones cannot be copied.
        if (later) {
            steps.add(new SetPropagation(spec.propagation(), propagation));
        }
        steps.addAll(dev.after());
    }

    /** The first of the keys that may hide the caller's working directory. */
    private Optional<Span> hides() {
        return Stream.of("tmpfs", "mounts", "masked_paths", "readonly_paths", "dev")
                .flatMap(key -> origins.key(key).stream())
                .findFirst();
    }

    private void prepare() {
        boolean asRoot = SetUpAsRoot.isNeeded(spec);
        if (asRoot) {
            openAll(FileSteps::isCallers);
            openRootfs(true);
            steps.add(SetUpAsRoot.of(origins));
        }
        boolean scratch = files.rootfs() != null && files.rootfs().overlay() != null
                || files.mounts().stream()
                        .anyMatch(mount -> mount instanceof Mount.Overlay || mount instanceof Mount.TextFile);
        if (scratch) {
            steps.add(new OpenScratch());
        }
        openAll(mount -> !asRoot || !isCallers(mount));
        if (!asRoot) {
            openRootfs(true);
        }
        openRootfs(false);
        if (scratch) {
            steps.add(new DropScratch());
        }
    }

    /** Whether it takes nothing but a file of the caller's. */
    private static boolean isCallers(Mount mount) {
        return mount instanceof Mount.Bind;
    }

    private void openAll(Predicate<Mount> which) {
        for (int i = 0; i < files.mounts().size(); i++) {
            Mount mount = files.mounts().get(i);
            Optional<Span> cause = origins.value("mounts[" + i + "]");
            if (!which.test(mount)) {
                continue;
            }
            if (mount instanceof Mount.Bind bind) {
                steps.add(new OpenSource(bind, i, cause));
            } else if (mount instanceof Mount.Overlay overlay) {
                steps.add(new OpenOverlay(overlay, i, spec.has(Namespace.USER), cause));
            } else if (mount instanceof Mount.TextFile file) {
                steps.add(new WriteFile(file, i, cause));
            }
        }
    }

    /** Opens the new root, if it is one that is {@code plain}, or else an overlay. */
    private void openRootfs(boolean plain) {
        Rootfs rootfs = files.rootfs();
        if (rootfs == null || plain != (rootfs.overlay() == null)) {
            return;
        }
        Optional<Span> cause = origins.key("rootfs");
        steps.add(
                plain
                        ? new OpenNewRoot(rootfs.path(), cause)
                        : new OverlayNewRoot(rootfs, spec.has(Namespace.USER), cause));
    }

    private void root() {
        Rootfs rootfs = files.rootfs();
        steps.add(rootfs == null ? new OpenRoot() : new MountNewRoot(origins.key("rootfs")));
        if (files.readOnly()) {
            steps.add(new FreezeRoot(rootfs != null, origins.key("read_only")));
        }
        steps.addAll(dev.dev());
        proc();
    }

    private void proc() {
        if (!spec.mountProc()) {
            return;
        }
        Optional<Span> cause = origins.key("mount_proc");
        if (files.rootfs() == null) {
            steps.add(new MountProc(spec.has(Namespace.USER), cause));
        } else {
            steps.add(new MountNew(
                    "proc",
                    GuestPath.of("/proc"),
                    Map.of(),
                    KernelFileSystem.PROC.access(),
                    spec.has(Namespace.USER) ? RefusalHints.MOUNT_PROC_WITH_USER : RefusalHints.MOUNT_PROC_WITHOUT_USER,
                    true,
                    false,
                    cause));
        }
    }

    private void mounts() {
        for (int i = 0; i < files.tmpfs().size(); i++) {
            steps.add(MountNew.tmpfs(files.tmpfs().get(i), origins.value("tmpfs[" + i + "]")));
        }
        for (int i = 0; i < files.mounts().size(); i++) {
            steps.add(mount(files.mounts().get(i), i, origins.value("mounts[" + i + "]")));
        }
    }

    private Step mount(Mount mount, int index, Optional<Span> cause) {
        if (mount instanceof Mount.Bind bind) {
            return new MountSource(
                    bind.source(),
                    bind.target(),
                    index,
                    Targets.LIKE_TREE,
                    bind.optional(),
                    !bind.access().readOnly(),
                    cause);
        }
        if (mount instanceof Mount.Tmpfs tmpfs) {
            return MountNew.tmpfs(tmpfs, cause);
        }
        if (mount instanceof Mount.Kernel kernel) {
            MountNew step = MountNew.kernel(kernel, hints(kernel.type()), cause);
            return index == terminals(spec) && spec.session().mayHaveTerminal()
                    ? new MountTerminals(
                            step, Optional.ofNullable(spec.confinement().user()))
                    : step;
        }
        if (mount instanceof Mount.Overlay overlay) {
            return new MountSource(
                    "the overlay",
                    overlay.target(),
                    index,
                    Targets.FOLDER,
                    false,
                    !overlay.access().readOnly(),
                    cause);
        }
        if (mount instanceof Mount.TextFile file) {
            return new MountSource("the file", file.target(), index, Targets.FILE, false, false, cause);
        }
        if (mount instanceof Mount.Folder folder) {
            return new MakeFolder(folder, cause);
        }
        if (mount instanceof Mount.Symlink symlink) {
            return new MakeSymlink(symlink, cause);
        }
        throw new IllegalStateException("a mount without a step: " + mount);
    }

    private RefusalHints hints(KernelFileSystem type) {
        return switch (type) {
            case PROC ->
                spec.has(Namespace.USER) ? RefusalHints.MOUNT_PROC_WITH_USER : RefusalHints.MOUNT_PROC_WITHOUT_USER;
            case DEVPTS -> RefusalHints.NEW_DEVPTS;
            case SYSFS, MQUEUE, CGROUP -> RefusalHints.NEW_FILE_SYSTEM;
        };
    }
}
