package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import io.nsbox.spec.GuestPath;
import java.util.Optional;

/** Mounts the host's {@code /dev}, with all that is mounted in it, on that of the sandbox's own root. */
record BindHostDev(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "bind the host's /dev";
    }

    @Override
    public void inChild(Emitter emitter) {
        Targets targets = emitter.targets();
        emitter.must(
                Hints.of(RefusalHints.HOST_DEVICE),
                targets.tree,
                Syscall.OPEN_TREE,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text("/dev"),
                MountCalls.copyOfTree());
        targets.findPlain(emitter, GuestPath.of("/dev"), Targets.FOLDER);
        // What is missing in it is not made: it would be made on the host.
        targets.attach(emitter, false);
    }
}
