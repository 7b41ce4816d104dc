package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Mount.Access;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The calls of the kernel's mount interface that goes by file descriptors (mount_setattr(2), linux/mount.h). */
final class MountCalls {
    /** Bytes of a struct mount_attr. */
    static final int ATTR_SIZE = 32;

    private static final Operand EMPTY_PATH = Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH);
    private static final Operand WHOLE_TREE =
            Operand.named("AT_EMPTY_PATH|AT_RECURSIVE", Linux.AT_EMPTY_PATH | Linux.AT_RECURSIVE);

    private MountCalls() {}

    /** What {@code open_tree(2)} takes to copy a tree of mounts. */
    static Operand copyOfTree() {
        return Operand.named(
                "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE",
                Linux.OPEN_TREE_CLONE | Linux.OPEN_TREE_CLOEXEC | Linux.AT_RECURSIVE);
    }

    /** What {@code open_tree(2)} takes to copy one mount. */
    static Operand copyOfMount() {
        return Operand.named("OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC", Linux.OPEN_TREE_CLONE | Linux.OPEN_TREE_CLOEXEC);
    }

    /** Flags of a mount, with the names that the kernel's headers give them. */
    private record Attributes(long bits, String names) {
        static Attributes of(Access access) {
            long bits = 0;
            List<String> names = new ArrayList<>();
            Map<String, Long> wanted = new LinkedHashMap<>();
            wanted.put("MOUNT_ATTR_RDONLY", access.readOnly() ? Linux.MOUNT_ATTR_RDONLY : 0);
            wanted.put("MOUNT_ATTR_NOSUID", access.suid() ? 0 : Linux.MOUNT_ATTR_NOSUID);
            wanted.put("MOUNT_ATTR_NODEV", access.dev() ? 0 : Linux.MOUNT_ATTR_NODEV);
            wanted.put("MOUNT_ATTR_NOEXEC", access.exec() ? 0 : Linux.MOUNT_ATTR_NOEXEC);
            for (Map.Entry<String, Long> each : wanted.entrySet()) {
                bits |= each.getValue();
                if (each.getValue() != 0) {
                    names.add(each.getKey());
                }
            }
            return new Attributes(bits, names.isEmpty() ? "0" : String.join("|", names));
        }
    }

    /** The flags as fsmount(2) takes them. */
    static Operand attributes(Access access) {
        Attributes attributes = Attributes.of(access);
        return Operand.named(attributes.names(), attributes.bits());
    }

    /** Adds what an access takes away to a mount and all below it; flags that are there stay. */
    static void restrict(Emitter emitter, Slot tree, Access access) {
        Attributes attributes = Attributes.of(access);
        if (attributes.bits() != 0) {
            emitter.must(
                    Hints.of(RefusalHints.MOUNT),
                    Syscall.MOUNT_SETATTR,
                    Operand.of(tree),
                    emitter.builder().text(""),
                    WHOLE_TREE,
                    change(emitter.builder(), attributes.bits(), 0, "{attr_set=" + attributes.names() + "}"),
                    Operand.number(ATTR_SIZE));
        }
    }

    /** The change that makes mounts read-only. */
    static Operand onlyReadable(ProgramBuilder b) {
        return change(b, Linux.MOUNT_ATTR_RDONLY, 0, "{attr_set=MOUNT_ATTR_RDONLY}");
    }

    /** Makes one mount read-only, or writable again; the result says how that went. */
    static void freeze(ProgramBuilder b, Slot mount, boolean frozen, Slot result) {
        b.call(
                result,
                new OnError.Ignore(),
                Syscall.MOUNT_SETATTR,
                Operand.of(mount),
                b.text(""),
                EMPTY_PATH,
                frozen ? onlyReadable(b) : change(b, 0, Linux.MOUNT_ATTR_RDONLY, "{attr_clr=MOUNT_ATTR_RDONLY}"),
                Operand.number(ATTR_SIZE));
    }

    private static Operand change(ProgramBuilder b, long set, long clear, String shown) {
        ByteBuffer struct = ByteBuffer.allocate(ATTR_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(set)
                .putLong(clear);
        return b.struct(shown, struct.array());
    }

    /**
     * Makes a new file system, mounted nowhere yet.
     *
     * @param options its options by name; one whose value is empty is a flag
     * @param tree receives it
     */
    static void newFileSystem(
            Emitter emitter, Hints hints, String type, Map<String, String> options, Access access, Slot tree) {
        ProgramBuilder b = emitter.builder();
        Slot context = emitter.frame().scratch.as("context");
        emitter.must(
                hints, context, Syscall.FSOPEN, b.text(type), Operand.named("FSOPEN_CLOEXEC", Linux.FSOPEN_CLOEXEC));
        Map<String, String> all = new LinkedHashMap<>();
        // What mount tables show first; else they show "none".
        all.put("source", type);
        all.putAll(options);
        all.forEach((name, value) -> emitter.must(
                hints,
                Syscall.FSCONFIG,
                Operand.of(context),
                value.isEmpty()
                        ? Operand.named("FSCONFIG_SET_FLAG", Linux.FSCONFIG_SET_FLAG)
                        : Operand.named("FSCONFIG_SET_STRING", Linux.FSCONFIG_SET_STRING),
                b.text(name),
                value.isEmpty() ? Operand.NULL : b.text(value),
                Operand.number(0)));
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
                tree,
                Syscall.FSMOUNT,
                Operand.of(context),
                Operand.named("FSMOUNT_CLOEXEC", Linux.FSMOUNT_CLOEXEC),
                attributes(access));
    }

    /** Mounts a tree on a place that was opened, whatever its path leads to by now. */
    static void move(Emitter emitter, Slot tree, Slot target) {
        Operand empty = emitter.builder().text("");
        emitter.must(
                Hints.of(RefusalHints.MOUNT),
                Syscall.MOVE_MOUNT,
                Operand.of(tree),
                empty,
                Operand.of(target),
                empty,
                Operand.named(
                        "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH",
                        Linux.MOVE_MOUNT_F_EMPTY_PATH | Linux.MOVE_MOUNT_T_EMPTY_PATH));
    }

    /** Mounts a tree over {@code /}; the caller's paths go on leading to what lies below. */
    static void moveOverRoot(Emitter emitter, Slot tree, RefusalHints hints) {
        emitter.must(
                Hints.of(hints),
                Syscall.MOVE_MOUNT,
                Operand.of(tree),
                emitter.builder().text(""),
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text("/"),
                Operand.named("MOVE_MOUNT_F_EMPTY_PATH", Linux.MOVE_MOUNT_F_EMPTY_PATH));
    }
}
