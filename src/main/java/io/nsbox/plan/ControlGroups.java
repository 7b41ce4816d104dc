package io.nsbox.plan;

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

    private final Slot line;
    private final PlaceGroup place;
    private final EnableController enable;

    ControlGroups(ProgramBuilder b, Frame frame, String sandbox, String parentGroup) {
        this.b = b;
        this.frame = frame;
        this.sandbox = sandbox;
        this.parentGroup = parentGroup;
        unified = group("v2");
        found = new FindGroup(b, frame, parentGroup);
        line = found.line;
        place = new PlaceGroup(b, frame, found, sandbox, parentGroup);
        enable = new EnableController(b, frame, found);
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
        b.set(place.magic, Operand.named("CGROUP_SUPER_MAGIC", CGROUP_SUPER_MAGIC));
        b.set(place.beside, 0);
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
        b.set(place.magic, Operand.named("CGROUP2_SUPER_MAGIC", CGROUP2_SUPER_MAGIC));
        b.set(place.beside, 1);
        makeOne(emitter, unified, controller);
        enable.remember(this.found);
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
        b.set(place.name, into.name());
        place.call();
        b.branch(place.error, Condition.EQUAL, 0, made);
        emitter.fail(
                "mkdirat(<group above>, \"nsbox-" + sandbox + "-<own pid>\", 0755)",
                hints(controller),
                Refusal.SETUP,
                Operand.of(place.error));
        b.place(made);
        b.set(into.folder(), Operand.of(place.group));
        b.set(into.parent(), Operand.of(place.parent));
    }

    private void enable(Emitter emitter, Controller controller) {
        Label enabled = b.label(controller.word() + " is enabled");
        Slot there = frame.scratch.as("there");
        isThere(there, controller);
        b.branch(there, Condition.EQUAL, 0, enabled);
        enable.call(controller);
        isThere(there, controller);
        b.branch(there, Condition.EQUAL, 0, enabled);
        Label reason = b.label("the kernel said why");
        b.branch(enable.error, Condition.NOT_EQUAL, 0, reason);
        b.set(enable.error, Operand.named("ENOENT", Linux.ENOENT));
        b.place(reason);
        emitter.fail(
                "write(<cgroup.subtree_control of the group above>, \"+" + controller.word() + "\")",
                hints(controller),
                Refusal.SETUP,
                Operand.of(enable.error));
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
                "; systemd: Delegate=yes, or systemd-run --user --scope -p Delegate=yes nsbox ...; without it name a group of the"
                        + " caller's by `cgroup_parent`, or run as root";
        String denied = parentGroup.isEmpty()
                ? missing + "delegated to the caller here" + help
                : missing
                        + "delegated to the caller in `cgroup_parent`: as root, chown that group and in it cgroup.procs and"
                        + " cgroup.subtree_control";
        return Hints.on(Linux.EACCES, denied)
                .and(Linux.EPERM, denied)
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
        place.emitRoutine();
        b.section("enable a controller, for the steps that limit", Trace.FOR_THE_LAST_STEP);
        enable.emitRoutine();
    }
}
