package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.Variable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the command's environment together: what is inherited, what the spec sets, and always a PATH.
 *
 * <p>It makes no system call. The caller's variables are passed on by address, so their bytes are what they were.
 */
record PassEnvironment(InheritEnv inherit, List<Variable> variables, Optional<Span> cause) implements Step {
    /** What the command's PATH is where neither the caller nor the spec gives one. */
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final String PATH = "PATH";

    PassEnvironment {
        variables = List.copyOf(variables);
    }

    @Override
    public String title() {
        return "put the environment together";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        b.set(frame.envEnd, frame.environment);
        b.set(frame.path, 0);
        List<String> exact = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        sortPatterns(exact, prefixes);
        if (!prefixes.isEmpty()) {
            passMatching(emitter, prefixes);
        }
        variables.stream()
                .filter(variable -> variable.value().isEmpty())
                .forEach(variable -> exact.add(variable.name()));
        passGiven(b, frame);
        if (!exact.isEmpty()) {
            passNamed(b, frame, exact);
        }
        Label hasPath = b.label("PATH is set");
        b.branch(frame.path, Condition.NOT_EQUAL, 0, hasPath);
        Operand.Address entry = b.text(PATH + "=" + DEFAULT_PATH);
        b.set(frame.path, entry.plus(PATH.length() + 1));
        push(b, frame, entry);
        b.place(hasPath);
        b.store(8, Operand.of(frame.envEnd), 0, Operand.number(0));
    }

    /** Exact names that a prefix covers, or that the spec sets itself, need no look-up of their own. */
    private void sortPatterns(List<String> exact, List<String> prefixes) {
        if (inherit instanceof InheritEnv.All) {
            prefixes.add("");
            return;
        }
        for (String pattern : ((InheritEnv.Names) inherit).patterns()) {
            if (pattern.endsWith("*")) {
                prefixes.add(pattern.substring(0, pattern.length() - 1));
            }
        }
        for (String pattern : ((InheritEnv.Names) inherit).patterns()) {
            boolean covered = pattern.endsWith("*")
                    || prefixes.stream().anyMatch(pattern::startsWith)
                    || variables.stream().anyMatch(variable -> variable.name().equals(pattern))
                    || exact.contains(pattern);
            if (!covered) {
                exact.add(pattern);
            }
        }
    }

    private static void push(ProgramBuilder b, Frame frame, Operand entry) {
        b.store(8, Operand.of(frame.envEnd), 0, entry);
        b.add(frame.envEnd, 8);
    }

    /** Passes on what the spec gives a value. */
    private void passGiven(ProgramBuilder b, Frame frame) {
        List<String> entries = new ArrayList<>();
        for (Variable variable : variables) {
            if (variable.value().isPresent()) {
                String entry = variable.name() + "=" + variable.value().get();
                entries.add(entry);
                if (variable.name().equals(PATH)) {
                    b.set(frame.path, b.text(entry).plus(PATH.length() + 1));
                }
            }
        }
        if (!entries.isEmpty()) {
            b.copy(Operand.of(frame.envEnd), b.pointers(entries), Operand.number(8 * entries.size()), frame.envEnd);
        }
    }

    /** Looks each name up in the caller's environment and passes on what is set. */
    private static void passNamed(ProgramBuilder b, Frame frame, List<String> names) {
        Slot at = frame.scratch;
        Slot name = frame.scratch2;
        Slot value = frame.scratch3;
        Slot length = frame.returnTo;
        Label loop = b.label("next name");
        Label notPath = b.label("not the PATH");
        Label end = b.label("end of the names");
        b.set(at, names(b, names));
        b.place(loop);
        b.load(4, name, Operand.of(at), 0);
        b.branch(name, Condition.EQUAL, 0, end);
        b.add(at, 4);
        b.env(Operand.of(name), value);
        b.branch(value, Condition.EQUAL, 0, loop);
        b.scan(Operand.of(name), 0, length);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), Operand.of(name));
        b.branch(name, Condition.NOT_EQUAL, b.text(PATH), notPath);
        b.set(frame.path, Operand.of(value));
        b.place(notPath);
        b.compute(Arithmetic.SUBTRACT, value, Operand.of(value), Operand.of(length));
        b.add(value, -1);
        push(b, frame, Operand.of(value));
        b.jump(loop);
        b.place(end);
    }

    /** Goes through the caller's environment and passes on what starts with one of the prefixes. */
    private void passMatching(Emitter emitter, List<String> prefixes) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot at = frame.scratch;
        Slot entry = frame.scratch2;
        Slot differs = frame.scratch3;
        Label loop = b.label("next variable of the caller");
        Label matched = b.label("variable matches");
        Label end = b.label("end of the caller's environment");
        Label full = b.label("too many variables");
        // argc, argv and its null pointer lie before the environment (System V ABI, initial process stack).
        b.load(8, at, Operand.of(Slot.STACK), 0);
        b.compute(Arithmetic.SHIFT_LEFT, at, Operand.of(at), Operand.number(3));
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(Slot.STACK));
        b.add(at, 16);
        b.place(loop);
        b.load(8, entry, Operand.of(at), 0);
        b.branch(entry, Condition.EQUAL, 0, end);
        b.add(at, 8);
        if (!variables.isEmpty()) {
            List<String> own =
                    variables.stream().map(variable -> variable.name() + "=").toList();
            skipOwn(b, frame, entry, differs, own, loop);
        }
        for (String prefix : prefixes) {
            b.compare(Operand.of(entry), b.text(prefix), Operand.number(length(prefix)), differs);
            b.branch(differs, Condition.EQUAL, 0, matched);
        }
        b.jump(loop);
        b.place(matched);
        b.branch(frame.envEnd, Condition.AT_LEAST, frame.environment.plus(8 * Frame.MOST_INHERITED), full);
        push(b, frame, Operand.of(entry));
        if (prefixes.stream().anyMatch(PATH::startsWith)) {
            // Of several the first counts, as with getenv(3): in the command itself, too.
            b.branch(frame.path, Condition.NOT_EQUAL, 0, loop);
        }
        b.compare(Operand.of(entry), b.text(PATH + "="), Operand.number(PATH.length() + 1), differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, loop);
        b.compute(Arithmetic.ADD, frame.path, Operand.of(entry), Operand.number(PATH.length() + 1));
        b.jump(loop);
        b.place(full);
        emitter.fail(
                "environment",
                Hints.on(
                        Linux.E2BIG,
                        "the caller's environment has more than " + Frame.MOST_INHERITED + " variables to inherit"),
                Refusal.SETUP,
                Operand.named("E2BIG", Linux.E2BIG));
        b.place(end);
    }

    /** Goes on with the caller's next variable where the spec gives this one itself. */
    private static void skipOwn(ProgramBuilder b, Frame frame, Slot entry, Slot differs, List<String> own, Label skip) {
        Slot at = frame.returnTo;
        Slot name = frame.scratch4;
        Slot length = frame.scratch5;
        Label next = b.label("next variable of the spec");
        Label none = b.label("not a variable of the spec");
        b.set(at, names(b, own));
        b.place(next);
        b.load(4, name, Operand.of(at), 0);
        b.branch(name, Condition.EQUAL, 0, none);
        b.add(at, 4);
        b.scan(Operand.of(name), 0, length);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), Operand.of(name));
        b.compare(Operand.of(entry), Operand.of(name), Operand.of(length), differs);
        b.branch(differs, Condition.EQUAL, 0, skip);
        b.jump(next);
        b.place(none);
    }

    /** A table of addresses of texts, ended by a zero. */
    private static Operand names(ProgramBuilder b, List<String> names) {
        Map<Integer, Operand.Address> addresses = new LinkedHashMap<>();
        for (String name : names) {
            addresses.put(4 * addresses.size(), b.text(name));
        }
        return b.table("names", new byte[4 * (names.size() + 1)], addresses);
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
