package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.List;
import java.util.Optional;

/**
 * Makes paths read-only, each with every mount below it: it is mounted over itself, read-only (mount_setattr(2)).
 *
 * <p>A path that does not exist is left out, as OCI runtimes do it.
 *
 * @param ownProc whether the sandbox mounted {@code /proc}
 */
record FreezePaths(List<String> paths, boolean ownProc, Optional<Span> cause) implements Step {
    FreezePaths {
        paths = List.copyOf(paths);
    }

    @Override
    public String title() {
        return "make " + String.join(", ", paths) + " read-only";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Hints hints = Hints.of(RefusalHints.GUARDED_PATH);
        DevCalls calls = new DevCalls(emitter, hints);
        Slot mount = emitter.frame().scratch3.as("mount");
        new GuardedPath(emitter).each(paths, ownProc, (place, next) -> {
            calls.copy(
                    Operand.of(place),
                    b.text(""),
                    "AT_EMPTY_PATH|AT_RECURSIVE",
                    Linux.AT_EMPTY_PATH | Linux.AT_RECURSIVE,
                    mount);
            emitter.must(
                    hints,
                    Syscall.MOUNT_SETATTR,
                    Operand.of(mount),
                    b.text(""),
                    Operand.named("AT_EMPTY_PATH|AT_RECURSIVE", Linux.AT_EMPTY_PATH | Linux.AT_RECURSIVE),
                    MountCalls.onlyReadable(b),
                    Operand.number(MountCalls.ATTR_SIZE));
            MountCalls.move(emitter, mount, place);
        });
    }
}
