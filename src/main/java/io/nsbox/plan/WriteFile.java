package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Mount;
import io.nsbox.spec.Mount.Access;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Writes the content of a file of the spec to the private tmpfs, from where it is mounted later.
 *
 * @param index which entry of {@code mounts} it is for
 */
record WriteFile(Mount.TextFile file, int index, Optional<Span> cause) implements Step {
    private static final int SHOWN = 60;

    @Override
    public String title() {
        return "write the file for " + file.target();
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Targets targets = emitter.targets();
        Slot open = emitter.frame().scratch.as("file");
        Slot written = emitter.frame().scratch2.as("length");
        Operand name = b.text("file-" + index);
        emitter.must(
                Hints.of(RefusalHints.NEW_FILE_SYSTEM),
                open,
                Syscall.OPENAT,
                Operand.of(targets.scratch()),
                name,
                Operand.named(
                        "O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC",
                        Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL | Linux.O_CLOEXEC),
                Operand.named("0600", 0600));
        int length = file.content().getBytes(StandardCharsets.UTF_8).length;
        if (length > 0) {
            Label whole = b.label("file is written");
            emitter.must(
                    Hints.on(Linux.EFBIG, "the caller's limit of a file's size is reached (ulimit -f)"),
                    written,
                    Syscall.WRITE,
                    Operand.of(open),
                    b.text(file.content()).shownAs(shown()),
                    Operand.number(length));
            b.branch(written, Condition.EQUAL, length, whole);
            emitter.fail("write()", Hints.NONE, Refusal.SETUP, Operand.named("ENOSPC", Linux.ENOSPC));
            b.place(whole);
        }
        // Whatever the caller's umask is.
        emitter.must(Syscall.FCHMOD, Operand.of(open), mode());
        emitter.must(targets.tree, Syscall.OPEN_TREE, Operand.of(targets.scratch()), name, MountCalls.copyOfMount());
        Access access = file.access();
        MountCalls.restrict(emitter, targets.tree, new Access(access.readOnly(), true, true, access.exec()));
        targets.keepSource(index);
    }

    private Operand mode() {
        return Operand.named("0" + Integer.toOctalString(file.mode()), file.mode());
    }

    private String shown() {
        String content = file.content();
        return content.length() <= SHOWN
                ? ProgramBuilder.quote(content)
                : ProgramBuilder.quote(content.substring(0, content.offsetByCodePoints(0, SHOWN / 2))) + "...";
    }
}
