package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import java.util.Optional;

/**
 * Mounts the new root where it can become the root: over the caller's.
 *
 * <p>No path leads there, as the kernel starts an absolute path below what is mounted on the root.
 */
record MountNewRoot(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "mount the new root over /";
    }

    @Override
    public void inChild(Emitter emitter) {
        MountCalls.moveOverRoot(emitter, emitter.targets().root, RefusalHints.MOUNT_ROOT);
    }
}
