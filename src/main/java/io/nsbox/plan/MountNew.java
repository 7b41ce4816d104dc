package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.KernelFileSystem;
import io.nsbox.spec.Mount;
import io.nsbox.spec.Mount.Access;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Mounts a new file system that needs nothing of the caller's.
 *
 * @param type the kernel's name of it
 * @param options its options (filesystems(5), tmpfs(5))
 * @param plain whether no symbolic link may lead to the target
 * @param writable whether later targets may be made in it
 */
record MountNew(
        String type,
        GuestPath target,
        Map<String, String> options,
        Access access,
        RefusalHints hints,
        boolean plain,
        boolean writable,
        Optional<Span> cause)
        implements Step {

    /** The mode of a tmpfs that is given none. */
    private static final int KERNELS_MODE = 01777;

    /** An entry of {@code tmpfs}, or of {@code mounts} with this type. */
    static MountNew tmpfs(Mount.Tmpfs mount, Optional<Span> cause) {
        Map<String, String> options = new LinkedHashMap<>();
        if (mount.mode() != KERNELS_MODE) {
            options.put("mode", Integer.toOctalString(mount.mode()));
        }
        mount.size().ifPresent(size -> options.put("size", Long.toString(size.bytes())));
        boolean writable = !mount.access().readOnly();
        return new MountNew(
                "tmpfs", mount.target(), options, mount.access(), RefusalHints.NEW_FILE_SYSTEM, false, writable, cause);
    }

    /** A file system that the kernel makes up. */
    static MountNew kernel(Mount.Kernel mount, RefusalHints hints, Optional<Span> cause) {
        Map<String, String> options = mount.type() == KernelFileSystem.DEVPTS
                // A devpts of its own, whose ptmx everybody may open (Documentation/filesystems/devpts.rst).
                ? new LinkedHashMap<>(Map.of("ptmxmode", "0666"))
                : Map.of();
        if (mount.type() == KernelFileSystem.DEVPTS) {
            options.put("mode", "0620");
        }
        // Programs trust these two by their paths.
        boolean plain = mount.type() == KernelFileSystem.PROC || mount.type() == KernelFileSystem.SYSFS;
        return new MountNew(mount.type().type(), mount.target(), options, mount.access(), hints, plain, false, cause);
    }

    @Override
    public String title() {
        return "mount a new " + type + " on " + target;
    }

    @Override
    public void inChild(Emitter emitter) {
        Targets targets = emitter.targets();
        MountCalls.newFileSystem(emitter, Hints.of(hints), type, options, access, targets.tree);
        if (plain) {
            targets.findPlain(emitter, target, Targets.FOLDER);
        } else {
            targets.find(emitter, target, Targets.FOLDER);
        }
        targets.attach(emitter, writable);
    }
}
