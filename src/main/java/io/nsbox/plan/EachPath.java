package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Instruction;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits a loop over paths, so that a launcher has the calls for them once, however many they are.
 *
 * <p>A refusal inside tells which path it was about: the path's number goes into the upper half of the failure's.
 */
final class EachPath {
    /** The slot's name: listings of a run show the path in its place. */
    static final String NAME = "path";

    /** How far the path's number is shifted in {@link Slot#TAG}, above what the interpreter puts there. */
    static final int SUBJECT_SHIFT = 16;

    private EachPath() {}

    /** Whether a call is about the path that a loop has come to. */
    static boolean isIn(Instruction.Call call) {
        return call.arguments().stream()
                .anyMatch(operand -> operand instanceof Operand.Value value
                        && value.slot().name().equals(NAME));
    }

    /** Emits what is done with one path; it goes on at the label, or falls through to it. */
    interface Body {
        /**
         * Emits it.
         *
         * @param path holds the path's address
         * @param number holds the path's place in the list, from 0
         */
        void emit(Slot path, Slot number, Label next);
    }

    /**
     * Emits the loop.
     *
     * @param paths not empty
     * @param skip how many bytes at the start of each path the calls leave out
     */
    static void emit(Emitter emitter, List<String> paths, int skip, Body body) {
        ProgramBuilder b = emitter.builder();
        int first = emitter.subjects(paths);
        Slot path = b.slot(NAME);
        Slot number = b.slot("number");
        Slot handler = b.slot("handler outside");
        Label again = b.label("next path");
        Label next = b.label("path is done");
        Label refused = b.label("refused for a path");
        Label done = b.label("all paths are done");
        Map<Integer, Operand.Address> addresses = new LinkedHashMap<>();
        for (String each : paths) {
            Operand.Address text = b.text(each);
            addresses.put(4 * addresses.size(), skip == 0 ? text : text.plus(skip));
        }
        Operand table = b.table("paths", new byte[4 * paths.size()], addresses);
        b.set(handler, Operand.of(Slot.HANDLER));
        b.onFailure(refused);
        b.set(number, 0);
        b.place(again);
        b.compute(Arithmetic.SHIFT_LEFT, path, Operand.of(number), Operand.number(2));
        b.compute(Arithmetic.ADD, path, Operand.of(path), table);
        b.load(4, path, Operand.of(path), 0);
        body.emit(path, number, next);
        b.place(next);
        b.add(number, 1);
        b.branch(number, Condition.LESS, paths.size(), again);
        b.set(Slot.HANDLER, Operand.of(handler));
        b.jump(done);
        b.place(refused);
        // From 1: 0 stands for a refusal that is about no path.
        b.add(number, first + 1);
        b.compute(Arithmetic.SHIFT_LEFT, number, Operand.of(number), Operand.number(SUBJECT_SHIFT));
        b.compute(Arithmetic.OR, Slot.TAG, Operand.of(Slot.TAG), Operand.of(number));
        b.set(Slot.HANDLER, Operand.of(handler));
        b.jump(handler);
        b.place(done);
    }
}
