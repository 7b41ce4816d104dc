package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/**
 * Finds the folder of a process's control group, as part of a launcher: which hierarchy has a controller, and where it is
 * mounted.
 *
 * <p>From the list of the process's groups (/proc/PID/cgroup) and the launcher's own mounts (/proc/self/mountinfo, proc(5)).
 */
final class FindGroup {
    private static final int GROUPS_SIZE = 1 << 16;
    private static final int MOUNTS_SIZE = 1 << 20;
    static final int FOLDER_SIZE = 4 * 4096;

    private final ProgramBuilder b;
    private final Frame frame;
    private final String parentGroup;

    /** A text of /proc/PID/cgroup, one of /proc/self/mountinfo. */
    private final Operand.Address groups;

    private final Operand.Address mounts;

    /** The folder that is found. */
    final Operand.Address folder;

    /* What the routine takes: a controller's name, or 0 for version 2. */
    final Slot word;
    final Slot length;

    /* What it gives: the line of the mount, or 0; and where the mount point and the whole folder end. */
    final Slot line;
    final Slot base;
    final Slot end;

    private final Slot back;
    private final Label find;

    /** What finds groups; {@code parentGroup} is the one that is wanted instead of the process's, unless empty. */
    FindGroup(ProgramBuilder b, Frame frame, String parentGroup) {
        this.b = b;
        this.frame = frame;
        this.parentGroup = parentGroup;
        groups = b.buffer("own groups", GROUPS_SIZE);
        mounts = b.buffer("mounts", MOUNTS_SIZE);
        folder = b.buffer("folder of a group", FOLDER_SIZE);
        word = b.slot("controller");
        length = b.slot("length of its name");
        line = b.slot("line of its mount");
        base = b.slot("end of the mount point");
        end = b.slot("end of the folder");
        back = b.slot("back from finding");
        find = b.label("find where a controller is mounted");
    }

    /** Reads how this machine's groups are set up, and which are the process's: {@code self}, or a pid. */
    void look(Emitter emitter, String process) {
        read(emitter, "/proc/" + process + "/cgroup", groups, GROUPS_SIZE);
        read(emitter, "/proc/self/mountinfo", mounts, MOUNTS_SIZE);
    }

    /** Emits a call of the routine for this controller, or for version 2. */
    void callFor(Controller controller) {
        b.set(word, b.text(controller.word()));
        b.set(length, controller.word().length());
        call();
    }

    /** Likewise, for version 2. */
    void callForUnified() {
        b.set(word, 0);
        call();
    }

    private void call() {
        b.callRoutine(find, back, "found");
    }

    private void read(Emitter emitter, String path, Operand.Address into, int size) {
        Slot file = frame.scratch.as("file");
        Slot got = frame.scratch2.as("length");
        Slot at = frame.scratch3.as("text");
        Slot room = frame.scratch4.as("room");
        Label more = b.label("read on");
        Label whole = b.label("it is read");
        Hints hints = Hints.on(Linux.ENOENT, "/proc is not mounted where nsbox runs: mount -t proc proc /proc")
                .and(
                        Linux.E2BIG,
                        "this process sees more mounts than nsbox looks through: run it where there are fewer");
        emitter.must(
                hints,
                file,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(path),
                Operand.named("O_RDONLY|O_CLOEXEC", Linux.O_RDONLY | Linux.O_CLOEXEC));
        b.set(at, into);
        b.set(room, size - 1);
        b.place(more);
        emitter.must(hints, got, Syscall.READ, Operand.of(file), Operand.of(at), Operand.of(room));
        b.branch(got, Condition.EQUAL, 0, whole);
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(got));
        b.compute(Arithmetic.SUBTRACT, room, Operand.of(room), Operand.of(got));
        b.branch(room, Condition.NOT_EQUAL, 0, more);
        emitter.fail("read(" + path + ")", hints, Refusal.SETUP, Operand.named("E2BIG", Linux.E2BIG));
        b.place(whole);
        b.store(1, Operand.of(at), 0, Operand.number(0));
        b.attempt(Syscall.CLOSE, Operand.of(file));
    }

    private void loadByte(Slot into, Slot at) {
        b.load(1, into, Operand.of(at), 0);
    }

    private void startsWith(Slot at, String text, Slot differs) {
        b.compare(Operand.of(at), b.text(text), Operand.number(text.length()), differs);
    }

    /**
     * Leaves the line of the mount that shows the wanted group in the hierarchy with the wanted controller (0 for version 2),
     * or 0; and in the folder's buffer, that group's folder, or {@code cgroup_parent}'s.
     */
    void emitRoutine() {
        b.section("find where a controller is mounted, for the steps that need it", Trace.FOR_THE_LAST_STEP);
        Slot at = frame.scratch.as("at");
        Slot stop = frame.scratch2.as("end of the line");
        Slot sign = frame.scratch3.as("character");
        Slot differs = frame.scratch4.as("differs");
        Slot path = frame.scratch5.as("own group");
        Slot pathLength = b.slot("length of the own group");
        Label nextGroup = b.label("next own group");
        Label haveGroup = b.label("own group is found");
        Label thisGroup = b.label("this group");
        Label anyController = b.label("look through its controllers");
        Label option = b.label("next controller of the line");
        Label skip = b.label("not this controller");
        Label none = b.label("no such hierarchy");
        b.place(find);
        b.set(line, 0);
        b.set(stop, groups);
        b.place(nextGroup);
        b.set(at, Operand.of(stop));
        loadByte(sign, at);
        b.branch(sign, Condition.EQUAL, 0, none);
        b.scan(Operand.of(at), '\n', stop);
        b.add(stop, 1);
        b.branch(word, Condition.NOT_EQUAL, 0, anyController);
        startsWith(at, "0::", differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, nextGroup);
        b.compute(Arithmetic.ADD, path, Operand.of(at), Operand.number(3));
        b.jump(haveGroup);
        b.place(anyController);
        b.scan(Operand.of(at), ':', at);
        b.place(option);
        b.add(at, 1);
        b.compare(Operand.of(at), Operand.of(word), Operand.of(length), differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, skip);
        b.compute(Arithmetic.ADD, path, Operand.of(at), Operand.of(length));
        loadByte(sign, path);
        b.branch(sign, Condition.EQUAL, ':', thisGroup);
        b.branch(sign, Condition.EQUAL, ',', thisGroup);
        b.place(skip);
        // Names of controllers have neither sign in them.
        Label scanned = b.label("end of the name");
        Label scan = b.label("next sign of the name");
        b.place(scan);
        loadByte(sign, at);
        b.branch(sign, Condition.EQUAL, ',', option);
        b.branch(sign, Condition.EQUAL, ':', nextGroup);
        b.branch(sign, Condition.EQUAL, 0, scanned);
        b.add(at, 1);
        b.jump(scan);
        b.place(scanned);
        b.jump(nextGroup);
        b.place(thisGroup);
        b.scan(Operand.of(path), ':', path);
        b.add(path, 1);
        b.place(haveGroup);
        b.compute(Arithmetic.SUBTRACT, pathLength, Operand.of(stop), Operand.of(path));
        b.add(pathLength, -1);
        emitFindMount(path, pathLength);
        b.place(none);
        b.jump(back);
    }

    private void emitFindMount(Slot path, Slot pathLength) {
        Slot at = frame.scratch.as("at");
        Slot stop = frame.scratch2.as("end of the line");
        Slot sign = frame.scratch3.as("character");
        Slot differs = frame.scratch4.as("differs");
        Slot start = frame.returnTo.as("line");
        Slot root = b.slot("root of the mount");
        Slot rootLength = b.slot("length of the root");
        Slot point = b.slot("mount point");
        Slot pointLength = b.slot("length of the mount point");
        Label next = b.label("next mount");
        Label dash = b.label("next field");
        Label type = b.label("type of the mount");
        Label isV1 = b.label("is it of version 1");
        Label option = b.label("next option of the mount");
        Label other = b.label("not this option");
        Label hit = b.label("it is the mount");
        Label whole = b.label("the whole hierarchy is mounted");
        Label rest = b.label("the rest of the own group's path");
        Label none = b.label("no such mount");
        b.set(stop, mounts);
        b.place(next);
        b.set(start, Operand.of(stop));
        b.set(at, Operand.of(stop));
        loadByte(sign, at);
        b.branch(sign, Condition.EQUAL, 0, none);
        b.scan(Operand.of(at), '\n', stop);
        b.add(stop, 1);
        // 36 35 98:0 ROOT POINT OPTIONS [FIELDS] - TYPE SOURCE OPTIONS
        for (int i = 0; i < 3; i++) {
            b.scan(Operand.of(at), ' ', at);
            b.add(at, 1);
        }
        b.set(root, Operand.of(at));
        b.scan(Operand.of(at), ' ', at);
        b.compute(Arithmetic.SUBTRACT, rootLength, Operand.of(at), Operand.of(root));
        b.add(at, 1);
        b.set(point, Operand.of(at));
        b.scan(Operand.of(at), ' ', at);
        b.compute(Arithmetic.SUBTRACT, pointLength, Operand.of(at), Operand.of(point));
        b.place(dash);
        startsWith(at, " - ", differs);
        b.branch(differs, Condition.EQUAL, 0, type);
        b.add(at, 1);
        b.scan(Operand.of(at), ' ', at);
        b.branch(at, Condition.LESS, Operand.of(stop), dash);
        b.jump(next);
        b.place(type);
        b.add(at, 3);
        b.branch(word, Condition.NOT_EQUAL, 0, isV1);
        startsWith(at, "cgroup2 ", differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, next);
        b.jump(hit);
        b.place(isV1);
        startsWith(at, "cgroup ", differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, next);
        b.scan(Operand.of(at), ' ', at);
        b.add(at, 1);
        b.scan(Operand.of(at), ' ', at);
        b.place(option);
        b.add(at, 1);
        b.branch(at, Condition.AT_LEAST, Operand.of(stop), next);
        b.compare(Operand.of(at), Operand.of(word), Operand.of(length), differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, other);
        b.compute(Arithmetic.ADD, differs, Operand.of(at), Operand.of(length));
        loadByte(sign, differs);
        b.branch(sign, Condition.EQUAL, ',', hit);
        b.branch(sign, Condition.EQUAL, '\n', hit);
        b.place(other);
        b.scan(Operand.of(at), ',', at);
        b.jump(option);
        b.place(hit);
        // Where only a part of the hierarchy is mounted, the path of the own group begins with that part.
        Slot own = frame.path.as("own group below the mount");
        Slot ownLength = frame.envEnd.as("length of that");
        b.branch(rootLength, Condition.EQUAL, 1, whole);
        b.branch(pathLength, Condition.LESS, Operand.of(rootLength), next);
        b.compare(Operand.of(path), Operand.of(root), Operand.of(rootLength), differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, next);
        b.compute(Arithmetic.ADD, own, Operand.of(path), Operand.of(rootLength));
        b.compute(Arithmetic.SUBTRACT, ownLength, Operand.of(pathLength), Operand.of(rootLength));
        b.branch(ownLength, Condition.EQUAL, 0, rest);
        loadByte(sign, own);
        b.branch(sign, Condition.NOT_EQUAL, '/', next);
        b.jump(rest);
        b.place(whole);
        b.set(own, Operand.of(path));
        b.set(ownLength, Operand.of(pathLength));
        // A group outside of the cgroup namespace shows as /.. and can be reached by no path.
        startsWith(own, "/..", differs);
        b.branch(differs, Condition.EQUAL, 0, next);
        // The root's path is its slash.
        b.branch(ownLength, Condition.NOT_EQUAL, 1, rest);
        b.set(ownLength, 0);
        b.place(rest);
        b.branch(pointLength, Condition.AT_LEAST, FOLDER_SIZE / 4, next);
        b.branch(ownLength, Condition.AT_LEAST, FOLDER_SIZE / 2, next);
        b.set(line, Operand.of(start));
        b.copy(folder, Operand.of(point), Operand.of(pointLength), base);
        if (parentGroup.isEmpty()) {
            b.copy(Operand.of(base), Operand.of(own), Operand.of(ownLength), end);
        } else {
            String group = "/" + parentGroup;
            int bytes = group.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            b.copy(Operand.of(base), b.text(group), Operand.number(bytes), end);
        }
        b.store(1, Operand.of(end), 0, Operand.number(0));
        b.place(none);
    }
}
