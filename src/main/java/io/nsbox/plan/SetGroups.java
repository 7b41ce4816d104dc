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
import java.util.OptionalLong;
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
 * @param denied where setgroups is denied, or would change nothing
 */
record SetGroups(List<Long> groups, boolean kept, Denied denied, Optional<Span> cause) implements Step {
    private static final int NGROUPS_MAX = 65_536;

    /** When an unprivileged caller cannot drop its groups. */
    sealed interface Denied {
        /** Never: an error is an error. */
        record Never() implements Denied {}

        /** Where the process writes its own group map, for any group of the caller's or for this one. */
        record WithOwnMap(OptionalLong outside) implements Denied {}

        /** Where the ids that it shall have are those that it has. */
        record WithIds(long uid, long gid) implements Denied {}

        /** Where the joined user namespace says so. */
        record ByNamespace() implements Denied {}
    }

    SetGroups {
        groups = List.copyOf(groups);
    }

    @Override
    public String title() {
        String list = groups.stream().map(String::valueOf).collect(Collectors.joining(", "));
        if (groups.isEmpty()) {
            return "drop supplementary groups";
        }
        return (kept ? "add the supplementary groups " : "set the supplementary groups ") + list;
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Label done = b.label("groups are set");
        if (groups.isEmpty()) {
            skipWhereDenied(emitter, done);
        }
        if (kept) {
            addToCallers(emitter);
        } else if (groups.isEmpty() && denied instanceof Denied.ByNamespace) {
            Slot result = emitter.frame().scratch;
            b.call(result, new OnError.Ignore(), Syscall.SETGROUPS, Operand.number(0), Operand.NULL);
            b.branch(result, Condition.AT_LEAST, 0, done);
            b.branch(result, Condition.EQUAL, -Linux.EPERM, done);
            b.compute(Arithmetic.SUBTRACT, result, Operand.number(0), Operand.of(result));
            emitter.fail("setgroups(0, NULL)", Hints.NONE, Refusal.SETUP, Operand.of(result));
        } else {
            // Launchers that only drop groups are many: they carry no hint for what does not happen to them.
            Hints hints = groups.isEmpty() ? Hints.NONE : hints();
            emitter.must(hints, Syscall.SETGROUPS, Operand.number(groups.size()), list(b));
        }
        b.place(done);
    }

    private void skipWhereDenied(Emitter emitter, Label done) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        if (denied instanceof Denied.Never || denied instanceof Denied.ByNamespace) {
            return;
        }
        Label possible = b.label("groups can be dropped");
        b.branch(frame.mayMap, Condition.NOT_EQUAL, 0, possible);
        if (denied instanceof Denied.WithOwnMap own) {
            if (own.outside().isEmpty()) {
                b.jump(done);
            } else {
                b.branch(frame.gid, Condition.EQUAL, id(own.outside().getAsLong()), done);
            }
        } else if (denied instanceof Denied.WithIds ids) {
            b.branch(frame.uid, Condition.NOT_EQUAL, id(ids.uid()), possible);
            b.branch(frame.gid, Condition.EQUAL, id(ids.gid()), done);
        }
        b.place(possible);
    }

    private static Operand id(long id) {
        return Operand.named(Long.toString(id), id);
    }

    private Operand list(ProgramBuilder b) {
        if (groups.isEmpty()) {
            return Operand.NULL;
        }
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
