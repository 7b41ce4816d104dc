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

/**
 * Makes the sandbox's group in a folder, or beside the group whose folder that is, as part of a launcher (cgroups(7)).
 *
 * <p>It is called {@code nsbox-NAME-PID} after the launcher, and {@code .N} follows where that name is taken.
 */
final class PlaceGroup {
    private final ProgramBuilder b;
    private final Frame frame;
    private final String sandbox;
    private final String parentGroup;

    /* What the routine takes: the folder, where the mount point and the whole of it end. */
    private final Operand.Address folder;
    private final Slot base;
    private final Slot end;
    /** Likewise: 1 to make it beside the group of that folder where that can be had, 0 to make it in the folder. */
    final Slot beside;
    /** Likewise: the kind of file system that it must be. */
    final Slot magic;
    /** Likewise: the address of room for the group's name. */
    final Slot name;

    /* What it gives: the open folder above, the open group, and the errno or 0. */
    final Slot parent;
    final Slot group;
    final Slot error;

    private final Slot back;
    private final Label place;

    /** In the folders that {@code found} leaves; {@code parentGroup} is the one that the spec names, or empty. */
    PlaceGroup(ProgramBuilder builder, Frame frame, FindGroup found, String sandbox, String parentGroup) {
        this.b = builder;
        this.frame = frame;
        this.sandbox = sandbox;
        this.parentGroup = parentGroup;
        folder = found.folder;
        base = found.base;
        end = found.end;
        beside = b.slot("beside");
        magic = b.slot("magic");
        parent = b.slot("group above");
        group = b.slot("group");
        name = b.slot("name of the group");
        error = b.slot("error");
        back = b.slot("back");
        place = b.label("make a group");
    }

    /** Emits that it is done. */
    void call() {
        b.callRoutine(place, back, "returned");
    }

    /** Emits what does it. */
    void emitRoutine() {
        Slot at = frame.scratch.as("at");
        Slot sign = frame.scratch2.as("character");
        Slot count = frame.scratch3.as("count");
        Slot result = frame.scratch4.as("result");
        Label below = b.label("below the own group");
        Label here = b.label("in this folder");
        Label up = b.label("look for the last slash");
        Label cut = b.label("cut the last part off");
        Label named = b.label("name is tried");
        Label refused = b.label("group is refused");
        Label done = b.label("group is placed");
        Label again = b.label("look whether another place is left");
        b.place(place);
        if (parentGroup.isEmpty()) {
            b.branch(beside, Condition.EQUAL, 0, here);
            b.branch(end, Condition.EQUAL, Operand.of(base), below);
            b.set(at, Operand.of(end));
            b.place(up);
            b.add(at, -1);
            b.load(1, sign, Operand.of(at), 0);
            b.branch(sign, Condition.NOT_EQUAL, '/', up);
            b.place(cut);
            b.store(1, Operand.of(at), 0, Operand.number(0));
            b.jump(here);
            b.place(below);
            b.set(beside, 0);
        } else {
            b.set(beside, 0);
        }
        b.place(here);
        b.call(
                parent,
                new OnError.GoTo(refused),
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                folder.shownAs("<group above>"),
                Operand.named("O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        b.call(result, new OnError.GoTo(refused), Syscall.FSTATFS, Operand.of(parent), frame.page.shownAs("&statfs"));
        b.load(4, result, frame.page, 0);
        Label right = b.label("it is a control group");
        b.branch(result, Condition.EQUAL, Operand.of(magic), right);
        b.set(result, -Linux.ENODEV);
        b.jump(refused);
        b.place(right);
        Slot mark = b.slot("end of the name");
        Slot to = frame.scratch5.as("end");
        b.set(to, Operand.of(name));
        Emitter.append(b, to, "nsbox-" + sandbox + "-");
        b.call(result, new OnError.Ignore(), Syscall.GETPID);
        b.decimal(Operand.of(result), Operand.of(to), to);
        b.store(1, Operand.of(to), 0, Operand.number(0));
        b.set(mark, Operand.of(to));
        b.set(count, 1);
        b.place(named);
        Label taken = b.label("that name is taken");
        b.call(
                result,
                new OnError.GoTo(taken),
                Syscall.MKDIRAT,
                Operand.of(parent),
                Operand.of(name),
                Operand.named("0755", 0755));
        b.call(
                group,
                new OnError.GoTo(refused),
                Syscall.OPENAT,
                Operand.of(parent),
                Operand.of(name),
                Operand.named("O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        b.set(error, 0);
        b.jump(done);
        b.place(taken);
        // A leftover's, or a launcher's with the same pid in another pid namespace.
        b.branch(result, Condition.NOT_EQUAL, -Linux.EEXIST, refused);
        b.add(count, 1);
        b.set(to, Operand.of(mark));
        Emitter.append(b, to, ".");
        b.decimal(Operand.of(count), Operand.of(to), to);
        b.store(1, Operand.of(to), 0, Operand.number(0));
        b.jump(named);
        b.place(refused);
        // Which call it was, the number tells: descriptors are never negative.
        Label ofParent = b.label("the folder was refused");
        Label ofGroup = b.label("the group was refused");
        Label known = b.label("errno is known");
        b.branch(parent, Condition.LESS, 0, ofParent);
        b.branch(group, Condition.LESS, 0, ofGroup);
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(result));
        b.attempt(Syscall.CLOSE, Operand.of(parent));
        b.jump(known);
        b.place(ofGroup);
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(group));
        b.set(group, 0);
        b.attempt(
                Syscall.UNLINKAT,
                Operand.of(parent),
                Operand.of(name),
                Operand.named("AT_REMOVEDIR", RemoveGroups.AT_REMOVEDIR));
        b.jump(known);
        b.place(ofParent);
        b.compute(Arithmetic.SUBTRACT, error, Operand.number(0), Operand.of(parent));
        b.set(parent, 0);
        b.place(known);
        b.branch(beside, Condition.NOT_EQUAL, 0, again);
        b.jump(done);
        b.place(again);
        // Where the group above the caller's is not its own, the caller's may be.
        b.set(beside, 0);
        b.set(at, Operand.of(base));
        Label restore = b.label("put the slash back");
        Label restored = b.label("the folder is the own group's");
        b.set(count, Operand.of(end));
        b.place(restore);
        b.add(count, -1);
        b.branch(count, Condition.LESS, Operand.of(base), restored);
        b.load(1, sign, Operand.of(count), 0);
        b.branch(sign, Condition.NOT_EQUAL, 0, restore);
        b.store(1, Operand.of(count), 0, Operand.number('/'));
        b.place(restored);
        b.jump(here);
        b.place(done);
        b.jump(back);
    }
}
