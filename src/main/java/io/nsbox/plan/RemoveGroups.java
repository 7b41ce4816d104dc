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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Ends what is left in the sandbox's control groups and removes them, with the groups that were made in them.
 *
 * <p>A group that nobody is in is gone with one call. Else all of it is killed: by cgroup.kill where there is one (version 2,
 * Linux 5.14), and by the list of its processes elsewhere, again and again until none is left.
 */
final class RemoveGroups {
    static final int AT_REMOVEDIR = 0x200;

    private static final int ROUNDS = 5000;
    private static final int ROUND_NANOS = 1_000_000;
    private static final int CHUNK = 8192;
    private static final String LEFT =
            "nsbox: warning: a control group of the sandbox could not be removed; `nsbox gc` tries again\n";

    /* struct linux_dirent64 (getdents64(2)) */
    private static final int D_RECLEN = 16;
    private static final int D_TYPE = 18;
    private static final int D_NAME = 19;
    private static final int DT_DIR = 4;

    private final ProgramBuilder b;
    private final Frame frame;
    private final ControlGroups groups;
    private final Slot parent;
    private final Slot name;
    private final Slot folder;
    private final Slot back;
    private final Slot killBack;
    private final Slot rounds;
    private final Slot file;
    private final Operand.Address chunk;
    private final Operand.Address inner;
    private final Label removeAll;
    private final Slot allBack;
    private final Label remove;
    private final Label kill;

    RemoveGroups(ProgramBuilder b, Frame frame, ControlGroups groups) {
        this.b = b;
        this.frame = frame;
        this.groups = groups;
        parent = b.slot("group above");
        name = b.slot("name of the group");
        folder = b.slot("group");
        back = b.slot("back");
        killBack = b.slot("back from killing");
        rounds = b.slot("rounds");
        file = b.slot("file");
        chunk = b.buffer("entries", CHUNK + 1);
        inner = b.buffer("name of an inner group", 256);
        removeAll = b.label("remove all groups");
        allBack = b.slot("back from all");
        remove = b.label("remove a group");
        kill = b.label("kill a group");
    }

    /** Emits a call of the removal of all groups, where any was made. */
    void call() {
        b.callRoutine(removeAll, allBack, "groups are removed");
    }

    private void emitRemoveAll() {
        b.place(removeAll);
        Slot result = frame.scratch;
        for (ControlGroups.Group group : groups.all()) {
            Label none = b.label("no such group");
            b.branch(group.folder(), Condition.LESS, 3, none);
            b.call(
                    result,
                    new OnError.Ignore(),
                    Syscall.UNLINKAT,
                    Operand.of(group.parent()),
                    group.name().shownAs("<name of the group>"),
                    Operand.named("AT_REMOVEDIR", AT_REMOVEDIR));
            b.branch(result, Condition.EQUAL, 0, none);
            b.branch(result, Condition.EQUAL, -Linux.ENOENT, none);
            b.set(parent, Operand.of(group.parent()));
            b.set(name, group.name());
            b.callRoutine(remove, back, "group is removed");
            b.place(none);
            b.set(group.folder(), 0);
        }
        b.jump(allBack);
    }

    void emitRoutines() {
        b.section(Lowering.SUPERVISION, 0);
        emitRemoveAll();
        emitRemove();
        emitKill();
    }

    /** Removes the group called {@link #name} in {@link #parent}, from the innermost group outwards. */
    private void emitRemove() {
        Slot above = b.slot("folder above");
        Slot its = b.slot("its name");
        Slot length = frame.scratch;
        Slot at = frame.scratch2;
        Slot stop = frame.scratch3;
        Slot value = frame.scratch4;
        Slot next = frame.scratch5;
        Label round = b.label("next round");
        Label descend = b.label("look for a group in this one");
        Label read = b.label("read on");
        Label entry = b.label("next entry");
        Label skip = b.label("no group");
        Label leaf = b.label("no group is in this one");
        Label gone = b.label("it is removed");
        Label lost = b.label("it cannot be removed");
        Label done = b.label("nothing is left of it");
        b.place(remove);
        b.set(rounds, 0);
        b.place(round);
        b.add(rounds, 1);
        b.branch(rounds, Condition.AT_LEAST, ROUNDS, lost);
        b.set(above, Operand.of(parent));
        b.set(its, Operand.of(name));
        b.place(descend);
        openFolder(above, its, lost);
        b.callRoutine(kill, killBack, "killed");
        b.place(read);
        b.call(
                length,
                new OnError.GoTo(leaf),
                Syscall.GETDENTS64,
                Operand.of(folder),
                chunk.shownAs("&entries"),
                Operand.number(CHUNK));
        b.branch(length, Condition.EQUAL, 0, leaf);
        b.set(at, chunk);
        b.compute(Arithmetic.ADD, stop, Operand.of(length), chunk);
        b.place(entry);
        b.branch(at, Condition.AT_LEAST, Operand.of(stop), read);
        b.load(2, next, Operand.of(at), D_RECLEN);
        b.compute(Arithmetic.ADD, next, Operand.of(next), Operand.of(at));
        b.load(1, value, Operand.of(at), D_TYPE);
        b.branch(value, Condition.NOT_EQUAL, DT_DIR, skip);
        b.load(1, value, Operand.of(at), D_NAME);
        // No controller's group begins with a dot but the folder itself and the one above.
        b.branch(value, Condition.EQUAL, '.', skip);
        b.add(at, D_NAME);
        b.scan(Operand.of(at), 0, length);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), Operand.of(at));
        b.copy(inner, Operand.of(at), Operand.of(length), at);
        b.store(1, Operand.of(at), 0, Operand.number(0));
        closeAbove(above);
        b.set(above, Operand.of(folder));
        b.set(its, inner);
        b.jump(descend);
        b.place(skip);
        b.set(at, Operand.of(next));
        b.jump(entry);
        b.place(leaf);
        b.attempt(Syscall.CLOSE, Operand.of(folder));
        b.call(
                length,
                new OnError.Ignore(),
                Syscall.UNLINKAT,
                Operand.of(above),
                Operand.of(its),
                Operand.named("AT_REMOVEDIR", AT_REMOVEDIR));
        Label inside = b.label("it was an inner group");
        b.branch(above, Condition.NOT_EQUAL, Operand.of(parent), inside);
        b.branch(length, Condition.EQUAL, 0, done);
        b.branch(length, Condition.EQUAL, -Linux.ENOENT, done);
        b.branch(length, Condition.NOT_EQUAL, -Linux.EBUSY, lost);
        b.jump(gone);
        b.place(inside);
        b.attempt(Syscall.CLOSE, Operand.of(above));
        b.branch(length, Condition.EQUAL, 0, round);
        b.place(gone);
        ByteBuffer pause =
                ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(8, ROUND_NANOS);
        b.copy(frame.words, b.struct("{0s, 1ms}", pause.array()), Operand.number(16), Slot.NOWHERE);
        b.attempt(
                Syscall.PPOLL,
                Operand.NULL,
                Operand.number(0),
                frame.words.shownAs("{0s, 1ms}"),
                Operand.NULL,
                Operand.number(0));
        b.jump(round);
        b.place(lost);
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(LEFT), Operand.number(LEFT.length()));
        b.place(done);
        b.jump(back);
    }

    private void closeAbove(Slot above) {
        Label outermost = b.label("not the outermost");
        b.branch(above, Condition.EQUAL, Operand.of(parent), outermost);
        b.attempt(Syscall.CLOSE, Operand.of(above));
        b.place(outermost);
    }

    private void openFolder(Slot above, Slot its, Label lost) {
        b.call(
                folder,
                new OnError.GoTo(lost),
                Syscall.OPENAT,
                Operand.of(above),
                Operand.of(its),
                Operand.named("O_RDONLY|O_CLOEXEC", Linux.O_RDONLY | Linux.O_CLOEXEC));
    }

    /** Kills all in {@link #folder}. */
    private void emitKill() {
        Slot result = frame.scratch;
        Slot at = frame.scratch2;
        Slot sign = frame.scratch3;
        Slot pid = frame.scratch4;
        Slot twice = frame.scratch5;
        Label list = b.label("kill by the list");
        Label close = b.label("list is read");
        Label more = b.label("read the list on");
        Label digit = b.label("next digit");
        Label line = b.label("end of a pid");
        Label done = b.label("all are killed");
        b.place(kill);
        b.call(
                file,
                new OnError.GoTo(list),
                Syscall.OPENAT,
                Operand.of(folder),
                b.text("cgroup.kill"),
                Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
        b.attempt(Syscall.WRITE, Operand.of(file), b.text("1"), Operand.number(1));
        b.jump(close);
        b.place(list);
        b.call(
                file,
                new OnError.GoTo(done),
                Syscall.OPENAT,
                Operand.of(folder),
                b.text("cgroup.procs"),
                Operand.named("O_RDONLY|O_CLOEXEC", Linux.O_RDONLY | Linux.O_CLOEXEC));
        b.set(pid, 0);
        b.place(more);
        b.call(
                result,
                new OnError.GoTo(close),
                Syscall.READ,
                Operand.of(file),
                chunk.shownAs("&pids"),
                Operand.number(CHUNK));
        b.branch(result, Condition.LESS, 1, close);
        b.compute(Arithmetic.ADD, at, Operand.of(result), chunk);
        b.store(1, Operand.of(at), 0, Operand.number(0));
        b.set(at, chunk);
        b.place(digit);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.EQUAL, 0, more);
        b.add(at, 1);
        b.branch(sign, Condition.EQUAL, '\n', line);
        b.compute(Arithmetic.SHIFT_LEFT, twice, Operand.of(pid), Operand.number(1));
        b.compute(Arithmetic.SHIFT_LEFT, pid, Operand.of(pid), Operand.number(3));
        b.compute(Arithmetic.ADD, pid, Operand.of(pid), Operand.of(twice));
        b.compute(Arithmetic.ADD, pid, Operand.of(pid), Operand.of(sign));
        b.add(pid, -'0');
        b.jump(digit);
        b.place(line);
        // 0 stands for a process of another pid namespace, and to kill(2) for the launcher's own group.
        Label strange = b.label("no pid");
        b.branch(pid, Condition.LESS, 2, strange);
        b.attempt(Syscall.KILL, Operand.of(pid), Operand.named("SIGKILL", Linux.SIGKILL));
        b.place(strange);
        b.set(pid, 0);
        b.jump(digit);
        b.place(close);
        b.attempt(Syscall.CLOSE, Operand.of(file));
        b.place(done);
        b.jump(killBack);
    }
}
