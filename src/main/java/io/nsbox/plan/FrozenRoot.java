package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;

/** A root that {@code read_only} has frozen, and that takes missing targets all the same. */
final class FrozenRoot {
    /** Whether the root was made read-only, and was writable before: 1 or 0. */
    final Slot frozen;

    private final ProgramBuilder b;
    private final Slot root;
    private final FileStatus status;
    private final boolean readOnly;

    FrozenRoot(ProgramBuilder builder, Slot root, FileStatus status, boolean readOnly) {
        this.b = builder;
        this.root = root;
        this.status = status;
        this.readOnly = readOnly;
        frozen = b.slot("root is frozen");
    }

    /** Emits a change that is made while a root that was made read-only is not; a root that stays writable is a failure. */
    void thawed(Slot result, Runnable change) {
        if (!readOnly) {
            change.run();
            return;
        }
        Label cold = b.label("root is as it came");
        Label done = b.label("root is frozen again");
        b.branch(frozen, Condition.EQUAL, 0, cold);
        MountCalls.freeze(b, root, false, status.above);
        b.set(result, Operand.of(status.above));
        b.branch(status.above, Condition.NOT_EQUAL, 0, done);
        b.place(cold);
        change.run();
        b.branch(frozen, Condition.EQUAL, 0, done);
        MountCalls.freeze(b, root, true, status.above);
        b.branch(status.above, Condition.EQUAL, 0, done);
        b.set(result, Operand.of(status.above));
        b.place(done);
    }
}
