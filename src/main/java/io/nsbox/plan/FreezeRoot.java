package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Makes the root and every mount that came with it read-only, before the spec's own mounts are added.
 *
 * @param takesTargets whether missing targets may still be made in it: it is the spec's own
 */
record FreezeRoot(boolean takesTargets, Optional<Span> cause) implements Step {
    private static final int STATFS_FLAGS = 80;
    private static final int ST_RDONLY = 1;

    @Override
    public String title() {
        return "make / and all below read-only";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Targets targets = emitter.targets();
        if (takesTargets) {
            // Where it was read-only before, it stays so: that is not nsbox's to change.
            Label readOnly = b.label("root was read-only");
            emitter.must(
                    Syscall.FSTATFS,
                    Operand.of(targets.root),
                    emitter.frame().page.shownAs("&status"));
            b.load(8, emitter.frame().scratch, emitter.frame().page, STATFS_FLAGS);
            b.branch(emitter.frame().scratch, Condition.ANY_BIT, ST_RDONLY, readOnly);
            b.set(targets.frozenRoot.frozen, 1);
            b.place(readOnly);
        }
        emitter.must(
                Hints.of(RefusalHints.FREEZE_ROOT),
                Syscall.MOUNT_SETATTR,
                Operand.of(targets.root),
                b.text(""),
                Operand.named("AT_EMPTY_PATH|AT_RECURSIVE", Linux.AT_EMPTY_PATH | Linux.AT_RECURSIVE),
                MountCalls.onlyReadable(b),
                Operand.number(MountCalls.ATTR_SIZE));
    }
}
