package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Mount.Access;
import io.nsbox.spec.User;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Mounts a new devpts in the sandbox's own {@code /dev}: its pseudo-terminals are not the host's.
 *
 * <p>A devpts belongs to ids 0 of who mounts it (Documentation/filesystems/devpts.rst), so both must be mapped. No group
 * is set, because the usual one, 5, is not mapped in most sandboxes: a terminal belongs to the group of who opened it.
 *
 * @param hasTerminal whether the sandbox's own terminal may be one of it
 * @param user who that terminal belongs to; who opens it unless given
 */
record MountPts(boolean hasTerminal, Optional<User> user, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "mount a new devpts on /dev/pts";
    }

    @Override
    public void inChild(Emitter emitter) {
        Frame frame = emitter.frame();
        Operand name = emitter.builder().text("pts");
        Slot pts = frame.scratch2.as("pts");
        Map<String, String> options = new LinkedHashMap<>();
        options.put("ptmxmode", "0666");
        options.put("mode", "0620");
        MountCalls.newFileSystem(
                emitter,
                Hints.of(RefusalHints.NEW_DEVPTS),
                "devpts",
                options,
                new Access(false, false, true, false),
                pts);
        emitter.must(Syscall.MKDIRAT, Operand.of(frame.dev), name, Operand.named("0755", 0755));
        new DevCalls(emitter, Hints.NONE).attach(pts, frame.dev, name);
        if (hasTerminal) {
            emitter.terminal().ifPresent(terminal -> terminal.openIn(pts, user));
        }
    }
}
