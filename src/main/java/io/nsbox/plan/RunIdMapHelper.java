package io.nsbox.plan;

import io.nsbox.host.IdMapHelper;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs newuidmap(1) or newgidmap(1) on the sandbox's first process and waits for it. */
record RunIdMapHelper(IdKind kind, List<IdMapLine> lines) {
    void emit(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Operand.Address arguments = arguments(emitter);
        Label waiting = b.label("wait for " + kind.helper());
        Slot helper = frame.scratch.as("helper");
        emitter.fork(helper);
        b.branch(helper, Condition.NOT_EQUAL, 0, waiting);
        for (String folder : IdMapHelper.FOLDERS) {
            b.attempt(Syscall.EXECVE, b.text(folder + "/" + kind.helper()), arguments, b.pointers(List.of()));
        }
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.NOT_FOUND));
        b.place(waiting);
        Slot result = frame.scratch2;
        emitter.untilUninterrupted(
                "wait again for " + kind.helper(),
                result,
                Syscall.WAIT4,
                Operand.of(helper),
                frame.siginfo.shownAs("&status"),
                Operand.number(0),
                Operand.NULL);
        Label ended = b.label(kind.helper() + " has ended");
        Label done = b.label(kind.helper() + " is done");
        Label missing = b.label(kind.helper() + " is missing");
        b.branch(result, Condition.AT_LEAST, 0, ended);
        // Whether the map is written is not known, so it is taken for refused.
        b.compute(Arithmetic.SUBTRACT, result, Operand.number(0), Operand.of(result));
        emitter.fail("wait4(<helper>)", Hints.NONE, Refusal.SETUP, Operand.of(result));
        b.place(ended);
        b.load(4, result, frame.siginfo, 0);
        b.branch(result, Condition.EQUAL, 0, done);
        b.branch(result, Condition.EQUAL, Refusal.NOT_FOUND << 8, missing);
        emitter.fail(
                kind.helper() + "(...)",
                Hints.on(Linux.EPERM, known().otherwise().orElseThrow()),
                Refusal.SETUP,
                Operand.named("EPERM", Linux.EPERM));
        b.place(missing);
        emitter.fail(
                kind.helper() + "(...)",
                Hints.on(
                        Linux.ENOENT,
                        kind.helper()
                                + " is not installed: it comes with the package uidmap (Debian, Ubuntu) or shadow"),
                Refusal.SETUP,
                Operand.named("ENOENT", Linux.ENOENT));
        b.place(done);
    }

    private RefusalHints known() {
        return kind == IdKind.UID ? RefusalHints.NEWUIDMAP : RefusalHints.NEWGIDMAP;
    }

    /** Puts the argument vector together: pid and the caller's own id are only known when the launcher runs. */
    private Operand.Address arguments(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        List<String> words = new ArrayList<>(List.of(kind.helper(), "<pid>"));
        for (IdMapLine line : lines) {
            words.addAll(List.of(line.text(kind).split(" ")));
        }
        Map<String, Slot> values = new LinkedHashMap<>();
        values.put("<pid>", frame.pid);
        values.put("<uid>", frame.uid);
        values.put("<gid>", frame.gid);
        Operand.Address vector = b.buffer(kind.helper() + " arguments", 8 * (words.size() + 1));
        Map<String, Operand> numbers = new HashMap<>();
        Slot end = frame.scratch2;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            Slot value = values.get(word);
            if (value == null) {
                b.store(8, vector, 8 * i, b.text(word));
                continue;
            }
            Operand number = numbers.get(word);
            if (number == null) {
                Operand.Address digits = b.buffer(word, 24);
                b.decimal(Operand.of(value), digits, end);
                b.store(1, Operand.of(end), 0, Operand.number(0));
                number = digits;
                numbers.put(word, number);
            }
            b.store(8, vector, 8 * i, number);
        }
        return vector.shownAs("["
                + String.join(
                        ", ",
                        words.stream()
                                .map(word -> values.containsKey(word) ? word : ProgramBuilder.quote(word))
                                .toList())
                + "]");
    }
}
