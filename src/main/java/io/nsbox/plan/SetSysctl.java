package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Sysctls;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Sets a kernel parameter of a new namespace, through the caller's own {@code /proc}: nothing of the sandbox is mounted yet
 * that could stand in its place.
 */
record SetSysctl(String name, String value, boolean inUserNamespace, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "set the kernel parameter " + name + " to " + value;
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot file = emitter.frame().scratch.as("file");
        Hints hints = Hints.on(Linux.ENOENT, "this kernel, or a new namespace, has no such parameter")
                .and(Linux.EINVAL, "the kernel does not take this value")
                .and(Linux.EACCES, forbidden())
                .and(Linux.EROFS, "/proc/sys is read-only where nsbox runs, as in most containers");
        emitter.must(
                hints,
                file,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(Sysctls.path(name)),
                Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        emitter.must(hints, Syscall.WRITE, Operand.of(file), b.text(value), Operand.number(length));
        emitter.must(Syscall.CLOSE, Operand.of(file));
    }

    /** The parameters of ipc belong to 0 inside (ipc_permissions() in ipc/ipc_sysctl.c), those of net to who has capabilities. */
    private String forbidden() {
        boolean ofIpc = Sysctls.namespaceOf(name).stream().anyMatch(Namespace.IPC::equals);
        return ofIpc && inUserNamespace
                ? "user 0 of the user namespace alone may set it: map 0 to the caller, as uid_map: root does"
                : "a new namespace may read this parameter, not set it";
    }
}
