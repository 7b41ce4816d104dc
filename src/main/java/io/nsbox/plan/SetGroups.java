package io.nsbox.plan;

import io.nsbox.diag.Span;
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
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Sets the supplementary groups (setgroups(2)).
 *
 * <p>In a user namespace whose group map was written without privilege the kernel denies that, lest somebody gets rid of a
 * group that files are closed to (user_namespaces(7)). There the caller's groups stay, as ids without a name; groups that a
 * spec asks for are refused.
 *
 * @param groups as seen inside
 * @param kept whether they come on top of the caller's
 */
record SetGroups(List<Long> groups, boolean kept, Optional<Span> cause) implements Step {
    private static final int NGROUPS_MAX = 65_536;

    SetGroups {
        groups = List.copyOf(groups);
    }

    @Override
    public String title() {
        String list = groups.stream().map(String::valueOf).collect(Collectors.joining(", "));
        if (groups.isEmpty()) {
            return "drop groups";
        }
        return (kept ? "add the supplementary groups " : "set the supplementary groups ") + list;
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        if (kept) {
            addToCallers(emitter);
        } else if (groups.isEmpty()) {
            drop(emitter);
        } else {
            emitter.must(hints(), Syscall.SETGROUPS, Operand.number(groups.size()), list(b));
        }
    }

    /** Where it is denied they stay; so it may be in every namespace within one where it is. */
    private static void drop(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot result = emitter.frame().scratch;
        Label done = b.label("groups are dropped");
        b.call(result, new OnError.Ignore(), Syscall.SETGROUPS, Operand.number(0), Operand.NULL);
        b.branch(result, Condition.AT_LEAST, -Linux.EPERM, done);
        b.compute(Arithmetic.SUBTRACT, result, Operand.number(0), Operand.of(result));
        emitter.fail("setgroups(...)", Hints.NONE, Refusal.SETUP, Operand.of(result));
        b.place(done);
    }

    private Operand list(ProgramBuilder b) {
        return b.struct("[" + groups.stream().map(String::valueOf).collect(Collectors.joining(", ")) + "]", bytes());
    }

    private byte[] bytes() {
        ByteBuffer list = ByteBuffer.allocate(4 * groups.size()).order(ByteOrder.LITTLE_ENDIAN);
        groups.forEach(group -> list.putInt((int) group.longValue()));
        return list.array();
    }

    private void addToCallers(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot count = emitter.frame().scratch.as("count");
        Slot end = emitter.frame().scratch2;
        Operand.Address all = b.buffer("groups", 4 * (NGROUPS_MAX + groups.size()));
        emitter.must(count, Syscall.GETGROUPS, Operand.number(NGROUPS_MAX), all);
        b.compute(Arithmetic.SHIFT_LEFT, end, Operand.of(count), Operand.number(2));
        b.compute(Arithmetic.ADD, end, Operand.of(end), all);
        b.copy(Operand.of(end), list(b), Operand.number(4 * groups.size()), Slot.NOWHERE);
        b.add(count, groups.size());
        emitter.must(hints(), Syscall.SETGROUPS, Operand.of(count), all);
    }

    private Hints hints() {
        return Hints.on(
                        Linux.EPERM,
                        "without privilege the kernel denies this: run as root, or map groups of /etc/subgid, as"
                                + " `gid_map: auto` does")
                .and(Linux.EINVAL, "one of these groups is not mapped inside: list it in `gid_map`");
    }
}
