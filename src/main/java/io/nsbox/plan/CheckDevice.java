package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.Optional;

/** Looks whether the host has a device that the spec asks for, where the host's {@code /dev} is the sandbox's too. */
record CheckDevice(String path, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "look for the device " + path;
    }

    @Override
    public void inChild(Emitter emitter) {
        Slot device = emitter.frame().scratch3.as("device");
        Hints hints = Hints.of(RefusalHints.HOST_DEVICE);
        emitter.must(
                hints,
                device,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text(path),
                Operand.named("O_RDONLY|O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        new DevCalls(emitter, hints).mustBeDevice(device);
    }
}
