package io.nsbox.plan;

import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/** Opens the caller's root, under which the mounts of a sandbox without a {@code rootfs} go. */
final class OpenRoot implements Step {
    @Override
    public String title() {
        return "open /";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                emitter.targets().root,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text("/"),
                Operand.named("O_RDONLY|O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
    }
}
