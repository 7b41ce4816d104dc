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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The sandbox's control groups, and the routines that find where they go.
 *
 * <p>Which hierarchy has which controller is found out when the launcher runs, from /proc/self/mountinfo and
 * /proc/self/cgroup (proc(5)): a launcher goes where it is taken. A file descriptor of 0 stands for none: the standard streams
 * are open by then.
 */
final class ControlGroups {
    /** What a v2 group's folder is told by (linux/magic.h). */
    static final int CGROUP2_SUPER_MAGIC = 0x6367_7270;

    /** Likewise, v1. */
    static final int CGROUP_SUPER_MAGIC = 0x0027_e0eb;

    private static final int NAME_SIZE = 160;

    /**
     * A group that was made, or none.
     *
     * @param parent the folder that it is in
     * @param folder its own
     * @param name its name
     */
    record Group(Slot parent, Slot folder, Operand.Address name) {}

    private final ProgramBuilder b;
    private final Frame frame;
    private final String sandbox;
    private final String parentGroup;
    private final Map<Controller, Slot> folders = new EnumMap<>(Controller.class);
    private final Map<Controller, Slot> lines = new EnumMap<>(Controller.class);
    private final Map<Controller, Group> made = new EnumMap<>(Controller.class);
    private final Group unified;
    private final RemoveGroups removal;

    /** What finds the hierarchies, and the folder that it found. */
    private final FindGroup found;

    private final Operand.Address folder;

    /** The folder in which the group of version 2 was made, and where its mount point ends. */
    private final Operand.Address unifiedParent;

    private final Slot unifiedBase;

    /* What the routines take and give. */
    private final Slot word;
    private final Slot length;
    private final Slot line;
    private final Slot base;
    private final Slot end;
    private final Slot beside;
    private final Slot magic;
    private final Slot parent;
    private final Slot group;
    private final Slot name;
    private final Slot error;
    private final Slot back;
    private final Label place;
    private final Label enable;

    ControlGroups(ProgramBuilder b, Frame frame, String sandbox, String parentGroup) {
        this.b = b;
        this.frame = frame;
        this.sandbox = sandbox;
        this.parentGroup = parentGroup;
        unified = group("v2");
        found = new FindGroup(b, frame, parentGroup);
        folder = found.folder;
        unifiedParent = b.buffer("folder of the v2 group", FindGroup.FOLDER_SIZE);
        unifiedBase = b.slot("end of the v2 mount point");
        word = found.word;
        length = found.length;
        line = found.line;
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
        enable = b.label("enable a controller");
        removal = new RemoveGroups(b, frame, this);
    }

    /** What removes them. */
    RemoveGroups removal() {
        return removal;
    }

    private Group group(String what) {
        return new Group(
                b.slot(what + " group above"),
                b.slot(what + " group"),
                b.buffer("name of the " + what + " group", NAME_SIZE));
    }

    /** The group of version 2, which the sandbox's first process is made in. */
    Slot unified() {
        return unified.folder();
    }

    /** All groups that may have been made. */
    List<Group> all() {
        List<Group> all = new ArrayList<>(List.of(unified));
        all.addAll(made.values());
        return all;
    }

    /** The folder in which a controller's files are; 0 before it is made. */
    Slot folder(Controller controller) {
        return java.util.Objects.requireNonNull(folders.get(controller));
    }

    boolean has(Controller controller) {
        return folders.containsKey(controller);
    }

    /** The controllers that are used, in the order of their steps. */
    List<Controller> controllers() {
        return List.copyOf(folders.keySet());
    }

    /** The group of version 1 of this controller, in which the launcher puts the sandbox's first process. */
    Group v1(Controller controller) {
        return java.util.Objects.requireNonNull(made.get(controller));
    }

    private void callRoutine(Label routine) {
        Label returned = b.label("returned");
        b.set(back, returned);
        b.jump(routine);
        b.place(returned);
    }

    /** Reads how this machine's groups are set up; once, before the first group. */
    void look(Emitter emitter) {
        if (!folders.isEmpty()) {
            return;
        }
        found.look(emitter, "self");
    }

    /** Emits the making of the group that has this controller. */
    void make(Emitter emitter, Controller controller) {
        Slot own = b.slot(controller.word() + " files");
        Slot ownLine = b.slot(controller.word() + " mount");
        Group v1 = group(controller.word());
        Label onV2 = b.label(controller.word() + " is not of version 1");
        Label haveV2 = b.label("the group of version 2 is there");
        Label done = b.label(controller.word() + " has its group");
        Label shared = b.label(controller.word() + " shares its group");
        found.callFor(controller);
        b.branch(line, Condition.EQUAL, 0, onV2);
        b.set(ownLine, Operand.of(line));
        // Controllers that are mounted together have one group.
        lines.forEach((other, otherLine) -> {
            Label different = b.label("not with " + other.word());
            b.branch(line, Condition.NOT_EQUAL, Operand.of(otherLine), different);
            b.set(own, Operand.of(folder(other)));
            b.jump(shared);
            b.place(different);
        });
        b.set(magic, Operand.named("CGROUP_SUPER_MAGIC", CGROUP_SUPER_MAGIC));
        b.set(beside, 0);
        makeOne(emitter, v1, controller);
        b.set(own, Operand.of(v1.folder()));
        b.place(shared);
        b.jump(done);
        b.place(onV2);
        b.branch(unified.folder(), Condition.NOT_EQUAL, 0, haveV2);
        found.callForUnified();
        Label found = b.label("version 2 is mounted");
        b.branch(line, Condition.NOT_EQUAL, 0, found);
        emitter.fail(
                "read(/proc/self/mountinfo)",
                Hints.on(
                        Linux.ENODEV,
                        "no hierarchy of control groups that this process sees has the controller " + controller.word()
                                + "; as root: mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
                Refusal.SETUP,
                Operand.named("ENODEV", Linux.ENODEV));
        b.place(found);
        b.set(magic, Operand.named("CGROUP2_SUPER_MAGIC", CGROUP2_SUPER_MAGIC));
        b.set(beside, 1);
        makeOne(emitter, unified, controller);
        // Another hierarchy may be looked at before the next controller is enabled.
        Slot length = frame.scratch.as("length");
        b.scan(folder, 0, length);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), folder);
        b.copy(unifiedParent, folder, Operand.of(length), Slot.NOWHERE);
        b.compute(Arithmetic.SUBTRACT, unifiedBase, Operand.of(base), folder);
        b.compute(Arithmetic.ADD, unifiedBase, Operand.of(unifiedBase), unifiedParent);
        b.place(haveV2);
        b.set(own, Operand.of(unified.folder()));
        enable(emitter, controller);
        b.place(done);
        folders.put(controller, own);
        lines.put(controller, ownLine);
        made.put(controller, v1);
    }

    private void makeOne(Emitter emitter, Group into, Controller controller) {
        Label made = b.label("a group is made");
        b.set(name, into.name());
        callRoutine(place);
        b.branch(error, Condition.EQUAL, 0, made);
        emitter.fail(
                "mkdirat(<group above>, \"nsbox-" + sandbox + "-<own pid>\", 0755)",
                hints(controller),
                Refusal.SETUP,
                Operand.of(error));
        b.place(made);
        b.set(into.folder(), Operand.of(group));
        b.set(into.parent(), Operand.of(parent));
    }

    private void enable(Emitter emitter, Controller controller) {
        Label enabled = b.label(controller.word() + " is enabled");
        Slot there = frame.scratch.as("there");
        isThere(there, controller);
        b.branch(there, Condition.EQUAL, 0, enabled);
        b.set(word, b.text("+" + controller.word()));
        b.set(length, controller.word().length() + 1);
        callRoutine(enable);
        isThere(there, controller);
        b.branch(there, Condition.EQUAL, 0, enabled);
        Label reason = b.label("the kernel said why");
        b.branch(error, Condition.NOT_EQUAL, 0, reason);
        b.set(error, Operand.named("ENOENT", Linux.ENOENT));
        b.place(reason);
        emitter.fail(
                "write(<cgroup.subtree_control of the group above>, \"+" + controller.word() + "\")",
                hints(controller),
                Refusal.SETUP,
                Operand.of(error));
        b.place(enabled);
    }

    private void isThere(Slot there, Controller controller) {
        b.call(
                there,
                new OnError.Ignore(),
                Syscall.FACCESSAT,
                Operand.of(unified.folder()),
                b.text(controller.file()),
                Operand.named("F_OK", 0));
    }

    private Hints hints(Controller controller) {
        String missing = "the controller " + controller.word() + " is not ";
        String help =
                "; systemd: Delegate=yes, or systemd-run --user --scope -p Delegate=yes nsbox ...; or run as root";
        return Hints.on(Linux.EACCES, missing + "delegated to the caller here" + help)
                .and(Linux.EPERM, missing + "delegated to the caller here" + help)
                .and(Linux.EROFS, "the control groups are read-only here, as in most containers")
                .and(
                        Linux.ENOENT,
                        parentGroup.isEmpty()
                                ? missing + "given to the group above: its cgroup.subtree_control lacks it" + help
                                : "`cgroup_parent` must exist where " + controller.word()
                                        + " is, and be given it: mkdir"
                                        + " it, and enable it in cgroup.subtree_control")
                .and(
                        Linux.EBUSY,
                        "the group above holds processes itself, so the kernel gives no group below it a limit: name"
                                + " one that holds none by `cgroup_parent`")
                .and(Linux.ENODEV, "what is mounted over the control groups hides them here");
    }

    void emitRoutines() {
        found.emitRoutine();
        b.section("make a control group, for the steps that limit", Trace.FOR_THE_LAST_STEP);
        emitPlace();
        b.section("enable a controller, for the steps that limit", Trace.FOR_THE_LAST_STEP);
        emitEnable();
    }

    private void loadByte(Slot into, Slot at) {
        b.load(1, into, Operand.of(at), 0);
    }

    /** Makes a group in the folder, or beside it; leaves the errno, or 0. */
    private void emitPlace() {
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
            loadByte(sign, at);
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
        copyText("nsbox-" + sandbox + "-", to);
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
        copyText(".", to);
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
        loadByte(sign, count);
        b.branch(sign, Condition.NOT_EQUAL, 0, restore);
        b.store(1, Operand.of(count), 0, Operand.number('/'));
        b.place(restored);
        b.jump(here);
        b.place(done);
        b.jump(back);
    }

    private void copyText(String text, Slot to) {
        int bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        b.copy(Operand.of(to), b.text(text), Operand.number(bytes), to);
    }

    /** Enables the controller from the mount point down to the group above; leaves what the last one answered. */
    private void emitEnable() {
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
        copyText("/cgroup.subtree_control", to);
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
        loadByte(sign, at);
        b.branch(sign, Condition.EQUAL, 0, done);
        b.place(walk);
        b.add(at, 1);
        loadByte(sign, at);
        b.branch(sign, Condition.EQUAL, '/', level);
        b.branch(sign, Condition.EQUAL, 0, level);
        b.jump(walk);
        b.place(done);
        b.jump(back);
    }
}
