package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Mount.Access;
import java.util.Map;

/**
 * Makes a tmpfs for what the launcher itself has to put somewhere: the content of files, the writes of overlays.
 *
 * <p>It lies over {@code /}, where no path leads, and is the working directory while it is filled. What is mounted from it
 * keeps it in existence once it is gone from there.
 */
final class OpenScratch implements Step {
    @Override
    public String title() {
        return "make a private tmpfs";
    }

    @Override
    public void inChild(Emitter emitter) {
        Slot scratch = emitter.targets().scratch();
        MountCalls.newFileSystem(
                emitter, Hints.of(RefusalHints.NEW_FILE_SYSTEM), "tmpfs", Map.of("mode", "0700"), ACCESS, scratch);
        MountCalls.moveOverRoot(emitter, scratch, RefusalHints.MOUNT);
        emitter.must(Syscall.FCHDIR, Operand.of(scratch));
    }

    /** What a mount from it allows at most, unless it says otherwise. */
    static final Access ACCESS = Access.DEFAULT;
}
