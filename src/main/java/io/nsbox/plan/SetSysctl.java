package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Sysctls;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Sets a kernel parameter of a new namespace, through the caller's own {@code /proc}: nothing of the sandbox is mounted yet
 * that could stand in its place.
 */
record SetSysctl(String name, String value, Optional<Span> cause) implements Step {
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
                .and(Linux.EACCES, "a new namespace may read this parameter, not set it")
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
}
