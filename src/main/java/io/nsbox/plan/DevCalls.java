package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The calls of the kernel's mount interface that works by file descriptors, as steps about {@code /dev} and masks use them. */
final class DevCalls {
    private static final int CLOEXEC = 1;

    /** An option of a file system: a text, or a flag where the value is empty. */
    record Option(String name, String value) {}

    /** Flags of fsmount(2) with their names. */
    record Attributes(String names, int bits) {
        /** What a file system gets that holds neither programs nor devices. */
        static final Attributes HARMLESS = new Attributes(
                "MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_NOEXEC",
                Linux.MOUNT_ATTR_NOSUID | Linux.MOUNT_ATTR_NODEV | Linux.MOUNT_ATTR_NOEXEC);
        /** The same, and nothing in it can be changed. */
        static final Attributes FROZEN =
                new Attributes("MOUNT_ATTR_RDONLY|" + HARMLESS.names, Linux.MOUNT_ATTR_RDONLY | HARMLESS.bits);
        /** What a devpts gets: its devices must work. */
        static final Attributes DEVICES = new Attributes(
                "MOUNT_ATTR_NOSUID|MOUNT_ATTR_NOEXEC", Linux.MOUNT_ATTR_NOSUID | Linux.MOUNT_ATTR_NOEXEC);
    }

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Hints hints;

    /** Calls whose refusals are explained so. */
    DevCalls(Emitter emitter, Hints hints) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.hints = hints;
    }

    /** Makes a file system; the slot receives its mount, which is attached nowhere. */
    void make(String type, List<Option> options, Attributes attributes, Slot into) {
        Slot context = emitter.frame().scratch5.as("fs");
        emitter.must(hints, context, Syscall.FSOPEN, b.text(type), Operand.named("FSOPEN_CLOEXEC", CLOEXEC));
        for (Option option : options) {
            boolean flag = option.value().isEmpty();
            emitter.must(
                    hints,
                    Syscall.FSCONFIG,
                    Operand.of(context),
                    flag
                            ? Operand.named("FSCONFIG_SET_FLAG", Linux.FSCONFIG_SET_FLAG)
                            : Operand.named("FSCONFIG_SET_STRING", Linux.FSCONFIG_SET_STRING),
                    b.text(option.name()),
                    flag ? Operand.NULL : b.text(option.value()),
                    Operand.number(0));
        }
        emitter.must(
                hints,
                Syscall.FSCONFIG,
                Operand.of(context),
                Operand.named("FSCONFIG_CMD_CREATE", Linux.FSCONFIG_CMD_CREATE),
                Operand.NULL,
                Operand.NULL,
                Operand.number(0));
        emitter.must(
                hints,
                into,
                Syscall.FSMOUNT,
                Operand.of(context),
                Operand.named("FSMOUNT_CLOEXEC", CLOEXEC),
                Operand.named(attributes.names(), attributes.bits()));
    }

    /** Copies one mount, or what lies at a path of it; the copy is attached nowhere. */
    void copy(Operand folder, Operand path, String name, int flag, Slot into) {
        emitter.must(
                hints,
                into,
                Syscall.OPEN_TREE,
                folder,
                path,
                Operand.named(
                        "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC" + (flag == 0 ? "" : "|" + name),
                        Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC | flag));
    }

    /** Copies the mount that a descriptor is the root of, or the place in it that the descriptor names. */
    void copy(Slot of, Slot into) {
        copy(Operand.of(of), b.text(""), "AT_EMPTY_PATH", Linux.AT_EMPTY_PATH, into);
    }

    /** Attaches a mount to a place that a descriptor names. */
    void attach(Slot mount, Slot place) {
        emitter.must(
                hints,
                Syscall.MOVE_MOUNT,
                Operand.of(mount),
                b.text(""),
                Operand.of(place),
                b.text(""),
                Operand.named(
                        "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH",
                        Linux.MOVE_MOUNT_F_EMPTY_PATH | Linux.MOVE_MOUNT_T_EMPTY_PATH));
    }

    /** Attaches a mount to a path below a folder that nobody else can change. */
    void attach(Slot mount, Slot folder, Operand path) {
        emitter.must(
                hints,
                Syscall.MOVE_MOUNT,
                Operand.of(mount),
                b.text(""),
                Operand.of(folder),
                path,
                Operand.named("MOVE_MOUNT_F_EMPTY_PATH", Linux.MOVE_MOUNT_F_EMPTY_PATH));
    }

    /** What openat2(2) is told: to name a place, under these rules. */
    Operand how(String rules, int resolve) {
        ByteBuffer how = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        how.putLong(Linux.O_PATH | Linux.O_CLOEXEC).putLong(0).putLong(resolve);
        return b.struct("{flags=O_PATH|O_CLOEXEC, resolve=" + rules + "}", how.array());
    }

    /** Looks what kind of file a descriptor names; the slot receives the kind's bits of the mode. */
    void kind(Slot file, Slot into) {
        emitter.must(
                hints,
                Syscall.STATX,
                Operand.of(file),
                b.text(""),
                Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH),
                Operand.named("STATX_TYPE", Linux.STATX_TYPE),
                emitter.frame().page.shownAs("&kind"));
        b.load(2, into, emitter.frame().page, Linux.STX_MODE);
        b.compute(io.nsbox.program.Arithmetic.AND, into, Operand.of(into), Operand.named("S_IFMT", Linux.S_IFMT));
    }

    /** Refuses a file that is no device. */
    void mustBeDevice(Slot file) {
        Slot kind = emitter.frame().scratch4.as("kind");
        Label device = b.label("it is a device");
        kind(file, kind);
        b.branch(kind, Condition.EQUAL, Linux.S_IFCHR, device);
        b.branch(kind, Condition.EQUAL, Linux.S_IFBLK, device);
        notThatDevice("this is no device of the host");
        b.place(device);
    }

    /** Refuses what stands in the place of a device. */
    void notThatDevice(String help) {
        emitter.fail(
                "statx(...), which shows another kind of file",
                Hints.on(Linux.ENODEV, help),
                Refusal.SETUP,
                Operand.named("ENODEV", Linux.ENODEV));
    }
}
