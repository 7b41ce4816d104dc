package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.spec.GuestPath;
import java.util.Optional;

/**
 * Mounts what was prepared for an entry of {@code mounts}.
 *
 * @param what it is, for people
 * @param index which entry
 * @param kind what to make where the target is missing, as {@link Targets} has it
 * @param optional whether nothing may have been prepared
 * @param writable whether later targets may be made in it
 */
record MountSource(
        String what, GuestPath target, int index, int kind, boolean optional, boolean writable, Optional<Span> cause)
        implements Step {
    @Override
    public String title() {
        return "mount " + what + " on " + target;
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Targets targets = emitter.targets();
        Label nothing = b.label("nothing to mount");
        targets.takeSource(index);
        if (optional) {
            b.branch(targets.tree, Condition.EQUAL, 0, nothing);
        }
        targets.find(emitter, target, kind);
        targets.attach(emitter, writable);
        b.place(nothing);
    }
}
