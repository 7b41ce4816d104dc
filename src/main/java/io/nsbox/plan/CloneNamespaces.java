package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Namespace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the sandbox's first process, in all its new namespaces at once (clone3(2)).
 *
 * <p>One call for all: a user namespace made in the same call owns the others.
 *
 * @param namespaces those that are made
 * @param asSibling whether the process becomes the sibling of who makes it, not its child
 */
record CloneNamespaces(Set<Namespace> namespaces, boolean asSibling, Optional<Span> cause) implements Step {
    private static final int CLONE_ARGS_SIZE = 88;

    /* Offsets in struct clone_args (clone3(2)). */
    private static final int FLAGS_ABOVE_32_BITS = 4;
    private static final int CGROUP = 80;

    @Override
    public String title() {
        if (namespaces.isEmpty()) {
            return "start the sandbox's first process" + (asSibling ? "" : ", in no new namespace");
        }
        return "create the namespaces "
                + String.join(", ", namespaces.stream().map(Namespace::word).toList());
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        long flags = asSibling ? Linux.CLONE_PARENT : Linux.CLONE_PIDFD;
        // A sibling's end is told as its maker's is (clone(2)).
        long exitSignal = asSibling ? 0 : Linux.SIGCHLD;
        List<String> names = new ArrayList<>(List.of(asSibling ? "CLONE_PARENT" : "CLONE_PIDFD"));
        for (Namespace namespace : namespaces) {
            flags |= flag(namespace);
            names.add(flagName(namespace));
        }
        String shown = String.join("|", names);
        ByteBuffer struct = ByteBuffer.allocate(CLONE_ARGS_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        struct.putLong(0, flags).putLong(32, exitSignal);
        Operand.Address cloneArgs = asSibling
                ? b.struct("{flags=" + shown + ", exit_signal=0}", struct.array())
                : b.struct(
                        "{flags=" + shown + ", pidfd=&pidfd, exit_signal=SIGCHLD}",
                        struct.array(),
                        Map.of(8, frame.pidfdCell));
        Operand args = emitter.usesGroups() ? intoGroup(emitter, cloneArgs) : cloneArgs;
        Label cloned = b.label("cloned");
        Label refused = b.label("clone3 refused");
        Label failed = b.label("no new namespaces");
        b.call(frame.pid, new OnError.GoTo(refused), Syscall.CLONE3, args, Operand.number(CLONE_ARGS_SIZE));
        b.jump(cloned);
        b.place(refused);
        // clone(2) has no room for CLONE_NEWTIME: its bit belongs to the exit signal there.
        if (!namespaces.contains(Namespace.TIME)) {
            // Old container engines answer ENOSYS to every call that their filter does not know.
            b.branch(frame.pid, Condition.NOT_EQUAL, -Linux.ENOSYS, failed);
            if (emitter.usesGroups()) {
                // Nor can it start a process in a group.
                b.branch(emitter.groups().unified(), Condition.NOT_EQUAL, 0, failed);
            }
            b.call(
                    frame.pid,
                    new OnError.GoTo(failed),
                    Syscall.CLONE,
                    Operand.named(asSibling ? shown : shown + "|SIGCHLD", flags | exitSignal),
                    Operand.NULL,
                    asSibling ? Operand.NULL : frame.pidfdCell.shownAs("&pidfd"),
                    Operand.NULL,
                    Operand.NULL);
            b.jump(cloned);
        }
        b.place(failed);
        b.compute(Arithmetic.SUBTRACT, frame.scratch, Operand.number(0), Operand.of(frame.pid));
        // The step's title names the namespaces; their flags would only say it again.
        emitter.fail("clone3({flags=CLONE_NEW..., ...})", hints(), Refusal.SETUP, Operand.of(frame.scratch));
        b.place(cloned);
    }

    /** The process is made in the group of version 2, if there is one: it runs no instruction outside. */
    private static Operand intoGroup(Emitter emitter, Operand.Address cloneArgs) {
        ProgramBuilder b = emitter.builder();
        Slot group = emitter.groups().unified();
        Operand.Address args = b.buffer("clone arguments", CLONE_ARGS_SIZE);
        Label none = b.label("no group of version 2");
        b.copy(args, cloneArgs, Operand.number(CLONE_ARGS_SIZE), Slot.NOWHERE);
        b.branch(group, Condition.EQUAL, 0, none);
        b.store(4, args, FLAGS_ABOVE_32_BITS, Operand.named("CLONE_INTO_CGROUP >> 32", Linux.CLONE_INTO_CGROUP >>> 32));
        b.store(8, args, CGROUP, Operand.of(group));
        b.place(none);
        return args.shownAs(cloneArgs.text().replace("}", ", cgroup=<v2 group>}"));
    }

    private Hints hints() {
        if (namespaces.isEmpty()) {
            return Hints.of(RefusalHints.FORK);
        }
        Hints hints = Hints.of(
                namespaces.contains(Namespace.USER) ? RefusalHints.CLONE_WITH_USER : RefusalHints.CLONE_WITHOUT_USER);
        return namespaces.contains(Namespace.TIME)
                ? hints.and(
                        Linux.ENOSYS,
                        RefusalHints.CLONE_WITH_TIME.hint("ENOSYS").orElseThrow())
                : hints;
    }

    static long flag(Namespace namespace) {
        return switch (namespace) {
            case CGROUP -> Linux.CLONE_NEWCGROUP;
            case IPC -> Linux.CLONE_NEWIPC;
            case MOUNT -> Linux.CLONE_NEWNS;
            case NETWORK -> Linux.CLONE_NEWNET;
            case PID -> Linux.CLONE_NEWPID;
            case TIME -> Linux.CLONE_NEWTIME;
            case USER -> Linux.CLONE_NEWUSER;
            case UTS -> Linux.CLONE_NEWUTS;
        };
    }

    static String flagName(Namespace namespace) {
        return switch (namespace) {
            case CGROUP -> "CLONE_NEWCGROUP";
            case IPC -> "CLONE_NEWIPC";
            case MOUNT -> "CLONE_NEWNS";
            case NETWORK -> "CLONE_NEWNET";
            case PID -> "CLONE_NEWPID";
            case TIME -> "CLONE_NEWTIME";
            case USER -> "CLONE_NEWUSER";
            case UTS -> "CLONE_NEWUTS";
        };
    }
}
