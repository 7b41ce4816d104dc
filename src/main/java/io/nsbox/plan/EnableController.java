package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/** Gives a controller to the groups below the one that holds the sandbox's group of version 2 (cgroup.subtree_control). */
final class EnableController {
    private final ProgramBuilder b;
    private final Frame frame;

    /** The folder in which the group was made. */
    private final Operand.Address unifiedParent;
    /** Where its mount point ends. */
    private final Slot unifiedBase;

    /* What the routine takes: the controller's name with a plus, and its length. */
    private final Slot word;
    private final Slot length;

    /** What it gives: what the last level answered, an errno or 0. */
    final Slot error;

    private final Slot back;
    private final Label enable;

    /** Of the group that {@code found} led to; its slots of a name and its length are used. */
    EnableController(ProgramBuilder builder, Frame frame, FindGroup found) {
        this.b = builder;
        this.frame = frame;
        word = found.word;
        length = found.length;
        unifiedParent = b.buffer("folder of the v2 group", FindGroup.FOLDER_SIZE);
        unifiedBase = b.slot("end of the v2 mount point");
        error = b.slot("error");
        back = b.slot("back");
        enable = b.label("enable a controller");
    }

    /** Emits that the folder which was found is remembered: another hierarchy may be looked at before the next controller. */
    void remember(FindGroup found) {
        Slot size = frame.scratch.as("length");
        b.scan(found.folder, 0, size);
        b.compute(Arithmetic.SUBTRACT, size, Operand.of(size), found.folder);
        b.copy(unifiedParent, found.folder, Operand.of(size), Slot.NOWHERE);
        b.compute(Arithmetic.SUBTRACT, unifiedBase, Operand.of(found.base), found.folder);
        b.compute(Arithmetic.ADD, unifiedBase, Operand.of(unifiedBase), unifiedParent);
    }

    /** Emits that the controller is enabled as far as the caller may. */
    void call(Controller controller) {
        b.set(word, b.text("+" + controller.word()));
        b.set(length, controller.word().length() + 1);
        b.callRoutine(enable, back, "returned");
    }

    /** Enables the controller from the mount point down to the group above; leaves what the last one answered. */
    void emitRoutine() {
        Slot at = frame.scratch.as("at");
        Slot file = frame.scratch2.as("file");
        Slot sign = frame.scratch3.as("character");
        Slot result = frame.scratch4.as("result");
        Slot to = frame.scratch5.as("end");
        Label level = b.label("next level");
        Label walk = b.label("end of this level");
        Label write = b.label("write to this level");
        Label refused = b.label("level is refused");
        Label next = b.label("level is done");
        Label done = b.label("every level is done");
        b.place(enable);
        b.set(at, Operand.of(unifiedBase));
        b.place(level);
        b.set(error, 0);
        Slot levelLength = frame.returnTo.as("length of the level");
        b.compute(Arithmetic.SUBTRACT, levelLength, Operand.of(at), unifiedParent);
        b.copy(frame.page, unifiedParent, Operand.of(levelLength), to);
        Emitter.append(b, to, "/cgroup.subtree_control");
        b.store(1, Operand.of(to), 0, Operand.number(0));
        b.place(write);
        b.call(
                file,
                new OnError.GoTo(refused),
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                frame.page.shownAs("\"<group above>/cgroup.subtree_control\""),
                Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
        b.call(result, new OnError.Ignore(), Syscall.WRITE, Operand.of(file), Operand.of(word), Operand.of(length));
        b.attempt(Syscall.CLOSE, Operand.of(file));
        b.branch(result, Condition.AT_LEAST, 0, next);
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(result));
        b.jump(next);
        b.place(refused);
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(file));
        b.place(next);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.EQUAL, 0, done);
        b.place(walk);
        b.add(at, 1);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.EQUAL, '/', level);
        b.branch(sign, Condition.EQUAL, 0, level);
        b.jump(walk);
        b.place(done);
        b.jump(back);
    }
}
