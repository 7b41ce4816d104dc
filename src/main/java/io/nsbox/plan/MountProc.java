package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;
import java.util.Optional;

/** Mounts a new procfs on {@code /proc}; it shows the pid namespace of who mounts it (proc(5)). */
record MountProc(boolean inUserNamespace, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "mount a new procfs on /proc";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        emitter.must(
                Hints.of(inUserNamespace ? RefusalHints.MOUNT_PROC_WITH_USER : RefusalHints.MOUNT_PROC_WITHOUT_USER),
                Syscall.MOUNT,
                b.text("proc"),
                b.text("/proc"),
                b.text("proc"),
                Operand.named("MS_NOSUID|MS_NODEV|MS_NOEXEC", Linux.MS_NOSUID | Linux.MS_NODEV | Linux.MS_NOEXEC),
                Operand.NULL);
    }
}
