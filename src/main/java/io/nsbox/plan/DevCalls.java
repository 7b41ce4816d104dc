package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The calls with file descriptors that steps about {@code /dev}, masked and read-only paths share. */
final class DevCalls {
    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Hints hints;

    /** Calls whose refusals are explained so. */
    DevCalls(Emitter emitter, Hints hints) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.hints = hints;
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
                        Linux.OPEN_TREE_CLONE | Linux.OPEN_TREE_CLOEXEC | flag));
    }

    /** Copies the mount that a descriptor is the root of, or the place in it that the descriptor names. */
    void copy(Slot of, Slot into) {
        copy(Operand.of(of), b.text(""), "AT_EMPTY_PATH", Linux.AT_EMPTY_PATH, into);
    }

    /** Attaches a mount to a path below a folder that nobody else can change. */
    void attach(Slot mount, Slot folder, Operand path) {
        emitter.must(
                Hints.of(RefusalHints.MOUNT),
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
        b.compute(Arithmetic.AND, into, Operand.of(into), Operand.named("S_IFMT", Linux.S_IFMT));
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
