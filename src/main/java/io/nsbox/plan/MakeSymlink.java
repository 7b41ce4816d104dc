package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Mount;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes a symbolic link, unless it is there and says the same; anything else in its place is refused. */
record MakeSymlink(Mount.Symlink symlink, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "link " + symlink.target() + " to " + symlink.to();
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Targets targets = emitter.targets();
        Slot length = emitter.frame().scratch;
        Slot differs = emitter.frame().scratch2;
        Operand to = b.text(symlink.to());
        Operand name = b.text(symlink.target().name());
        int bytes = symlink.to().getBytes(StandardCharsets.UTF_8).length;
        Label missing = b.label("link is missing");
        Label other = b.label("something else is there");
        Label refused = b.label("link refused");
        Label done = b.label("link is there");
        targets.findFolder(emitter, symlink.target().parent(), 0755);
        Operand.Address said = targets.linkText();
        b.copy(said, to, Operand.number(bytes + 1), Slot.NOWHERE);
        b.call(
                length,
                new OnError.GoTo(missing),
                Syscall.READLINKAT,
                Operand.of(targets.target),
                name,
                said.shownAs(to.text()),
                Operand.number(WalkPath.PATH_MAX));
        b.branch(length, Condition.NOT_EQUAL, bytes, other);
        b.compare(said, to, Operand.number(bytes), differs);
        b.branch(differs, Condition.EQUAL, 0, done);
        b.place(other);
        b.set(length, -Linux.EEXIST);
        b.jump(refused);
        b.place(missing);
        b.branch(length, Condition.EQUAL, -Linux.EINVAL, other);
        b.branch(length, Condition.NOT_EQUAL, -Linux.ENOENT, refused);
        targets.whereWritable(
                length,
                () -> b.call(length, new OnError.Ignore(), Syscall.SYMLINKAT, to, Operand.of(targets.target), name));
        b.branch(length, Condition.EQUAL, 0, done);
        b.place(refused);
        b.compute(Arithmetic.SUBTRACT, length, Operand.number(0), Operand.of(length));
        emitter.fail(
                "symlinkat(" + to.text() + ", <target>, " + name.text() + ")",
                Hints.of(RefusalHints.MAKE_SYMLINK),
                Refusal.SETUP,
                Operand.of(length));
        b.place(done);
    }
}
