package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/** The place of {@code /dev} in the sandbox's root. */
final class DevFolder {
    private DevFolder() {}

    /** Leaves a descriptor of it. A symbolic link there is refused: it could lead to any folder of the root. */
    static void find(Emitter emitter, Slot into) {
        ProgramBuilder b = emitter.builder();
        Hints hints = Hints.of(RefusalHints.DEV_FOLDER);
        emitter.must(
                hints,
                into,
                Syscall.OPENAT2,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/dev"),
                new DevCalls(emitter, hints).how("RESOLVE_NO_SYMLINKS", Linux.RESOLVE_NO_SYMLINKS),
                Operand.number(24));
    }
}
