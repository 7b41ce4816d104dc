package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import io.nsbox.spec.GuestPath;
import java.util.Optional;

/** Mounts a device of the host at the same path of the sandbox's own root, whose {@code /dev} is as it came. */
record BindDevice(String path, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "add the device " + path;
    }

    @Override
    public void inChild(Emitter emitter) {
        Targets targets = emitter.targets();
        Hints hints = Hints.of(RefusalHints.HOST_DEVICE);
        emitter.must(
                hints,
                targets.tree.as("device"),
                Syscall.OPEN_TREE,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text(path),
                MountCalls.copyOfMount());
        new DevCalls(emitter, hints).mustBeDevice(targets.tree.as("device"));
        targets.find(emitter, GuestPath.of(path), Targets.FILE);
        targets.attach(emitter, false);
    }
}
