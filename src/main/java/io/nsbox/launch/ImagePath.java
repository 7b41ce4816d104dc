package io.nsbox.launch;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import java.nio.charset.StandardCharsets;

/** The path of an image, which a {@link StarterProgram} puts together from texts of nsbox's and of the caller's. */
final class ImagePath {
    /** What the kernel takes for a path, with its NUL (linux/limits.h). */
    static final int PATH_MAX = 4096;

    /** The caller's parts: a cache, a working directory and a spec. */
    private static final int PARTS = 3;

    /** More than all texts of nsbox's own take. */
    private static final int TEXTS = 64;

    private final ProgramBuilder b;
    private final Label refused;
    private final Operand.Address start;
    private final Slot end;
    private final Slot from;
    private final Slot at;
    private final Slot seen;

    /** A path of which a part goes on at the label that does not fit, or has {@code ..} where it must not. */
    ImagePath(ProgramBuilder builder, Label refused) {
        b = builder;
        this.refused = refused;
        end = b.slot("end of the image's path");
        from = b.slot("part");
        at = b.slot("at");
        seen = b.slot("seen");
        start = b.buffer("image", PARTS * PATH_MAX + TEXTS).shownAs("<image>");
    }

    /** Emits that the path is empty. */
    void begin() {
        b.set(end, start);
    }

    /** Where the path is when the program runs, ended by NUL. */
    Operand soFar() {
        return start;
    }

    /** Emits that a text follows. */
    void append(String text) {
        copy(text, end);
        b.add(end, -1);
    }

    /** Emits a text behind the path which the next part overwrites. */
    Operand with(String text) {
        copy(text, at);
        return start;
    }

    private void copy(String text, Slot behind) {
        int length = text.getBytes(StandardCharsets.UTF_8).length + 1;
        b.copy(Operand.of(end), b.text(text), Operand.number(length), behind);
    }

    /** Emits that a text of the caller's follows. */
    void append(Slot text) {
        b.set(from, Operand.of(text));
        b.scan(Operand.of(from), 0, at);
        b.compute(Arithmetic.SUBTRACT, at, Operand.of(at), Operand.of(from));
        b.branch(at, Condition.AT_LEAST, PATH_MAX, refused);
        b.copy(Operand.of(end), Operand.of(from), Operand.of(at), end);
        b.store(1, Operand.of(end), 0, Operand.number(0));
    }

    /** Emits that a text of the caller's follows in which no folder is {@code ..}: that would lead out of the cache. */
    void appendDescending(Slot text) {
        Label next = b.label("next name");
        Label name = b.label("no way up");
        Label whole = b.label("no name is a way up");
        b.set(at, Operand.of(text));
        b.place(next);
        for (int i = 0; i < 2; i++) {
            b.load(1, seen, Operand.of(at), i);
            b.branch(seen, Condition.NOT_EQUAL, '.', name);
        }
        b.load(1, seen, Operand.of(at), 2);
        b.branch(seen, Condition.EQUAL, 0, refused);
        b.branch(seen, Condition.EQUAL, '/', refused);
        b.place(name);
        b.scan(Operand.of(at), '/', at);
        b.load(1, seen, Operand.of(at), 0);
        b.branch(seen, Condition.EQUAL, 0, whole);
        b.add(at, 1);
        b.jump(next);
        b.place(whole);
        append(text);
    }
}
