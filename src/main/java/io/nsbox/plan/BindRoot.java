package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Copies the mount of a folder, with all below it, to where it can become the root: over the caller's.
 *
 * <p>Nobody's path leads there, as the kernel starts an absolute path below what is mounted on the root.
 */
record BindRoot(String folder, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "bind " + folder + " as the new root";
    }

    @Override
    public void inChild(Emitter emitter) {
        Targets targets = emitter.targets();
        emitter.must(
                Hints.of(RefusalHints.OPEN_SOURCE),
                targets.root,
                Syscall.OPEN_TREE,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text(folder),
                MountCalls.copyOfTree());
        MountCalls.moveOverRoot(emitter, targets.root);
    }
}
