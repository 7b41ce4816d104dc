package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Makes the new root the root of all, and lets go of the old one (pivot_root(2), "pivot_root(".", ".")").
 *
 * <p>The old root ends up on top of the new one, where {@code umount2} finds it at {@code .}; no folder for it is needed.
 */
record EnterRoot(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "enter the new root";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        emitter.must(Syscall.FCHDIR, Operand.of(emitter.targets().root));
        emitter.must(Hints.of(RefusalHints.PIVOT_ROOT), Syscall.PIVOT_ROOT, b.text("."), b.text("."));
        // Where the caller had something mounted over its root, that comes off first.
        Label covered = b.label("something covers the new root");
        b.place(covered);
        emitter.must(Syscall.UMOUNT2, b.text("."), Operand.named("MNT_DETACH", Linux.MNT_DETACH));
        emitter.targets().branchIfCovered(emitter, covered);
        emitter.must(Syscall.CHDIR, b.text("/"));
    }
}
