package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.List;
import java.util.Optional;

/**
 * Mounts a new devpts in the sandbox's own {@code /dev}: its pseudo-terminals are not the host's.
 *
 * <p>A devpts belongs to ids 0 of who mounts it (Documentation/filesystems/devpts.rst), so both must be mapped. No group
 * is set, because the usual one, 5, is not mapped in most sandboxes: a terminal belongs to the group of who opened it.
 */
record MountPts(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "mount a new devpts on /dev/pts";
    }

    @Override
    public void inChild(Emitter emitter) {
        Frame frame = emitter.frame();
        DevCalls calls = new DevCalls(emitter, Hints.of(RefusalHints.DEVPTS));
        Operand name = emitter.builder().text("pts");
        Slot pts = frame.scratch.as("pts");
        calls.make(
                "devpts",
                List.of(
                        new DevCalls.Option("source", "devpts"),
                        new DevCalls.Option("ptmxmode", "0666"),
                        new DevCalls.Option("mode", "0620")),
                DevCalls.Attributes.DEVICES,
                pts);
        emitter.must(Syscall.MKDIRAT, Operand.of(frame.dev), name, Operand.named("0755", 0755));
        calls.attach(pts, frame.dev, name);
    }
}
