package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.util.Optional;

/** Copies the mount of the folder that becomes the root, with all below it. */
record OpenNewRoot(String folder, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "open " + folder + " as the new root";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Hints.of(RefusalHints.OPEN_ROOT),
                emitter.targets().root,
                Syscall.OPEN_TREE,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text(folder),
                MountCalls.copyOfTree());
    }
}
