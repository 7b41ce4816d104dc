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
import io.nsbox.spec.CapabilityList;
import io.nsbox.spec.LinuxCapability;
import java.util.Optional;

/**
 * Gives the command its capabilities (capset(2)): permitted and effective are what is kept of those that the process has.
 *
 * <p>For root the inheritable and ambient sets are empty. A command that is not root keeps only what is ambient, so there
 * all sets are {@code cap_add}.
 *
 * @param kept the bits that stay
 * @param added what must be there
 * @param inside how to tell whether the command is root
 */
record SetCapabilities(long kept, CapabilityList added, InsideUser inside, Optional<Span> cause) implements Step {
    /** What listings call the counter. */
    static final String COUNTER = LimitCapabilities.COUNTER;

    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;

    @Override
    public String title() {
        return added.isEmpty() ? "set the capability sets" : "keep the capabilities " + added.text();
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot permitted = frame.scratch;
        Slot ambient = frame.scratch3;
        Label root = b.label("command is root");
        Label sets = b.label("sets are known");
        Operand data = frame.words.shownAs("&capabilities");
        emitter.must(Syscall.CAPGET, ReadCaller.header(b), data);
        b.load(4, permitted, frame.words, 4);
        b.load(4, ambient, frame.words, 16);
        b.compute(Arithmetic.SHIFT_LEFT, ambient, Operand.of(ambient), Operand.number(32));
        b.compute(Arithmetic.OR, permitted, Operand.of(permitted), Operand.of(ambient));
        b.load(8, ambient, LimitCapabilities.mask(b, kept), 0);
        b.compute(Arithmetic.AND, permitted, Operand.of(permitted), Operand.of(ambient));
        b.set(ambient, 0);
        if (!added.isEmpty()) {
            require(emitter, permitted);
            inside.branchIfRoot(emitter, root);
            b.load(8, ambient, LimitCapabilities.mask(b, added.mask()), 0);
            b.compute(Arithmetic.AND, permitted, Operand.of(permitted), Operand.of(ambient));
            b.set(ambient, Operand.of(permitted));
            b.jump(sets);
            b.place(root);
            b.set(ambient, 0);
            b.place(sets);
        }
        store(b, frame, permitted, 0);
        store(b, frame, permitted, 4);
        store(b, frame, ambient, 8);
        emitter.must(Syscall.CAPSET, ReadCaller.header(b), data);
        if (!added.isEmpty()) {
            raise(emitter, ambient);
        }
    }

    /** The lower halves of the three sets come first, then the upper ones. */
    private static void store(ProgramBuilder b, Frame frame, Slot set, int offset) {
        Slot upper = frame.scratch2;
        b.store(4, frame.words, offset, Operand.of(set));
        b.compute(Arithmetic.SHIFT_RIGHT, upper, Operand.of(set), Operand.number(32));
        b.store(4, frame.words, offset + 12, Operand.of(upper));
    }

    /** What is asked for and is not there is refused by its name. */
    private void require(Emitter emitter, Slot permitted) {
        ProgramBuilder b = emitter.builder();
        Slot missing = emitter.frame().scratch2;
        Slot bit = emitter.frame().scratch4;
        Label complete = b.label("no capability is missing");
        Operand errno = Operand.named("EPERM", Linux.EPERM);
        Hints hints = Hints.on(
                Linux.EPERM,
                "the caller does not have it: list `user` in `namespaces`, where the sandbox gets its own, or run as"
                        + " root");
        if (added.all()) {
            b.branch(permitted, Condition.NOT_EQUAL, 0, complete);
            emitter.fail("cap_add ALL", hints, Refusal.SETUP, errno);
            b.place(complete);
            return;
        }
        b.load(8, bit, LimitCapabilities.mask(b, added.mask()), 0);
        b.compute(Arithmetic.OR, missing, Operand.of(permitted), Operand.of(bit));
        b.compute(Arithmetic.SUBTRACT, missing, Operand.of(missing), Operand.of(permitted));
        b.branch(missing, Condition.EQUAL, 0, complete);
        for (LinuxCapability name : added.names()) {
            Label next = b.label(name.word() + " is there");
            b.load(8, bit, LimitCapabilities.mask(b, name.bit()), 0);
            b.branch(missing, Condition.NO_BIT, Operand.of(bit), next);
            emitter.fail("cap_add " + name.word(), hints, Refusal.SETUP, errno);
            b.place(next);
        }
        b.place(complete);
    }

    private static void raise(Emitter emitter, Slot ambient) {
        ProgramBuilder b = emitter.builder();
        Slot capability = emitter.frame().scratch.as(COUNTER);
        Slot bit = emitter.frame().scratch2;
        Label loop = b.label("next ambient capability");
        Label next = b.label("capability is ambient");
        Label done = b.label("ambient set is right");
        b.set(capability, 0);
        b.place(loop);
        b.branch(ambient, Condition.EQUAL, 0, done);
        b.compute(Arithmetic.AND, bit, Operand.of(ambient), Operand.number(1));
        b.branch(bit, Condition.EQUAL, 0, next);
        emitter.must(
                Syscall.PRCTL,
                Operand.named("PR_CAP_AMBIENT", PR_CAP_AMBIENT),
                Operand.named("PR_CAP_AMBIENT_RAISE", PR_CAP_AMBIENT_RAISE),
                Operand.of(capability),
                Operand.number(0),
                Operand.number(0));
        b.place(next);
        b.compute(Arithmetic.SHIFT_RIGHT, ambient, Operand.of(ambient), Operand.number(1));
        b.add(capability, 1);
        b.jump(loop);
        b.place(done);
    }

    /**
     * Empties the inheritable set, and with it the ambient one, of a command that keeps the caller's capabilities; a new user
     * namespace begins with both empty (capabilities(7)).
     */
    record Uninherit() implements Step {
        @Override
        public String title() {
            return "pass on no inheritable capability";
        }

        @Override
        public void inChild(Emitter emitter) {
            ProgramBuilder b = emitter.builder();
            Frame frame = emitter.frame();
            Slot set = frame.scratch;
            Label done = b.label("nothing is inheritable");
            Operand data = frame.words.shownAs("&capabilities");
            emitter.must(Syscall.CAPGET, ReadCaller.header(b), data);
            b.load(4, set, frame.words, 8);
            b.load(4, frame.scratch2, frame.words, 20);
            b.compute(Arithmetic.OR, set, Operand.of(set), Operand.of(frame.scratch2));
            b.branch(set, Condition.EQUAL, 0, done);
            b.store(4, frame.words, 8, Operand.number(0));
            b.store(4, frame.words, 20, Operand.number(0));
            emitter.must(Syscall.CAPSET, ReadCaller.header(b), data);
            b.place(done);
        }
    }

    /** How the launcher tells whether the command is user 0 inside. */
    sealed interface InsideUser {
        /** Goes on at the label if it is. */
        void branchIfRoot(Emitter emitter, Label root);

        /** The spec says so. */
        record Known(boolean isRoot) implements InsideUser {
            @Override
            public void branchIfRoot(Emitter emitter, Label root) {
                if (isRoot) {
                    emitter.builder().jump(root);
                }
            }
        }

        /** It is if the caller has this id outside. */
        record IfCallerIs(long outside) implements InsideUser {
            @Override
            public void branchIfRoot(Emitter emitter, Label root) {
                Operand id = Operand.named(Long.toString(outside), outside);
                emitter.builder().branch(emitter.frame().uid, Condition.EQUAL, id, root);
            }
        }

        /** The kernel is asked, in a namespace that was joined. */
        record Asked() implements InsideUser {
            @Override
            public void branchIfRoot(Emitter emitter, Label root) {
                ProgramBuilder b = emitter.builder();
                Slot uid = emitter.frame().scratch2.as("uid inside");
                b.call(uid, new OnError.Ignore(), Syscall.GETEUID);
                b.branch(uid, Condition.EQUAL, 0, root);
            }
        }
    }
}
