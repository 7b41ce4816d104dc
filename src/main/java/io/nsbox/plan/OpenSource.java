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
import java.util.Optional;

/**
 * Copies the mount of what a bind shows, with all below it, before anything is mounted: so it is the caller's file,
 * whatever the spec mounts over its path.
 *
 * @param index which entry of {@code mounts} it is for
 */
record OpenSource(Mount.Bind bind, int index, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "open " + bind.source();
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Targets targets = emitter.targets();
        Slot tree = targets.tree;
        Hints hints = Hints.of(RefusalHints.OPEN_SOURCE);
        Operand[] arguments = {Operand.named("AT_FDCWD", Linux.AT_FDCWD), b.text(bind.source()), MountCalls.copyOfTree()
        };
        Label missing = b.label("source is missing");
        if (bind.optional()) {
            Label failed = b.label("no source");
            Label opened = b.label("source is open");
            b.call(tree, new OnError.GoTo(failed), Syscall.OPEN_TREE, arguments);
            b.jump(opened);
            b.place(failed);
            b.compute(Arithmetic.SUBTRACT, tree, Operand.number(0), Operand.of(tree));
            b.branch(tree, Condition.EQUAL, Linux.ENOENT, missing);
            b.branch(tree, Condition.EQUAL, Linux.ENOTDIR, missing);
            emitter.fail("open_tree(" + arguments[1].text() + ")", hints, Refusal.SETUP, Operand.of(tree));
            b.place(opened);
        } else {
            emitter.must(hints, tree, Syscall.OPEN_TREE, arguments);
        }
        MountCalls.restrict(emitter, tree, bind.access());
        targets.keepSource(index);
        // What was never kept is 0, which is no mount: standard input is open.
        b.place(missing);
    }
}
