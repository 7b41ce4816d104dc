package io.nsbox.plan;

import io.nsbox.diag.Printable;
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
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Prints the message of a refused call and ends with its exit status.
 *
 * <p>Everything but the errno and the spec's path as the user typed it was rendered at compile time, and is unpacked now; the
 * parts are put together by one writev(2), so messages of several launchers do not mix.
 */
final class TellRefusal {
    private static final int STDERR = 2;
    private static final int IOVEC_SIZE = 16;

    private static final String HEADING = "nsbox: error: step ";
    private static final String REFUSED = " refused: ";
    private static final String CALL = "note: the call was ";
    private static final String PATH = "note: the path was ";
    private static final String HELP = "help: ";
    private static final String BREAK = "\n";

    /** Where a step's texts have the address of its paths, in programs that have any. */
    private static final int SUBJECTS = 20;

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final List<NumberedStep> steps;
    private final String spec;
    private final Slot file;
    private final PackedTexts texts = new PackedTexts();
    /** The address of the unpacked texts, from which all offsets count. */
    private final Slot base;

    /** Prepares the message printer; {@code spec} is what causes that stand in the spec call it, {@code file} holds the address of its path. */
    TellRefusal(Emitter emitter, List<NumberedStep> steps, String spec, Slot file) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.steps = steps;
        this.spec = spec;
        this.file = file;
        this.base = frame.uid.as("texts");
    }

    /** Emits the printer for the failure in {@link Slot#TAG} and {@link Slot#ERRNO}; nothing runs after it. */
    void emit() {
        Slot refusal = frame.scratch;
        Slot at = frame.envEnd;
        Slot part = frame.scratch2;
        int table = table();
        int errnos = errnos();
        for (String phrase : List.of(HEADING, " of " + steps.size() + REFUSED, CALL, PATH, HELP, BREAK)) {
            texts.text(phrase);
        }
        Operand area = b.buffer("texts", texts.size());
        texts.emit(b, area, frame.scratch, frame.scratch2, frame.scratch3, frame.scratch4);
        b.set(base, area);
        b.set(at, frame.message);
        b.compute(Arithmetic.AND, refusal, Operand.of(Slot.TAG), Operand.number(OnError.FAIL_BIT - 1));
        b.compute(Arithmetic.SHIFT_LEFT, refusal, Operand.of(refusal), Operand.number(4));
        b.compute(Arithmetic.ADD, refusal, Operand.of(refusal), Operand.of(base));
        b.compute(Arithmetic.ADD, refusal, Operand.of(refusal), Operand.number(table));
        Label append = b.label("append to the message");
        Slot step = frame.scratch3;
        b.load(4, step, Operand.of(refusal), 0);
        b.compute(Arithmetic.ADD, step, Operand.of(step), Operand.of(base));
        appendHeading(append, step);
        appendErrno(append, errnos);
        Label nowhere = b.label("no line of the spec");
        Label hint = b.label("hint");
        b.load(4, part, Operand.of(step), 8);
        b.branch(part, Condition.EQUAL, 0, nowhere);
        callAppend(append);
        if (steps.stream()
                .anyMatch(numbered ->
                        numbered.step().cause().filter(this::isElsewhere).isPresent())) {
            // The place is complete, with a name of its own.
            b.load(4, part, Operand.of(step), 12);
            b.branch(part, Condition.EQUAL, 0, nowhere);
        }
        b.compute(Arithmetic.SUBTRACT, part, Operand.of(file), Operand.of(base));
        callAppend(append);
        b.load(4, part, Operand.of(step), 12);
        callAppend(append);
        b.place(nowhere);
        b.load(4, part, Operand.of(step), 16);
        callAppend(append);
        set(part, CALL);
        callAppend(append);
        b.load(4, part, Operand.of(refusal), 4);
        callAppend(append);
        appendSubject(append, step);
        b.place(hint);
        appendHint(append, refusal, step);
        set(part, BREAK);
        callAppend(append);
        Slot count = frame.scratch3;
        b.compute(Arithmetic.SUBTRACT, count, Operand.of(at), frame.message);
        b.compute(Arithmetic.SHIFT_RIGHT, count, Operand.of(count), Operand.number(4));
        b.attempt(Syscall.WRITEV, Operand.number(STDERR), frame.message.shownAs("message"), Operand.of(count));
        b.load(4, frame.scratch2, Operand.of(refusal), 12);
        RegisterSandbox.recordEnd(emitter, frame.scratch2, frame.scratch4);
        b.attempt(Syscall.EXIT_GROUP, Operand.of(frame.scratch2));
        emitAppend(append, at, part);
    }

    private void set(Slot part, String phrase) {
        b.set(part, texts.text(phrase));
    }

    private void callAppend(Label append) {
        b.callRoutine(append, frame.returnTo, "appended");
    }

    /** A subroutine: adds the text at {@code part} to the message. */
    private void emitAppend(Label append, Slot at, Slot part) {
        Slot end = frame.path;
        b.place(append);
        b.compute(Arithmetic.ADD, part, Operand.of(part), Operand.of(base));
        b.scan(Operand.of(part), 0, end);
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), Operand.of(part));
        b.store(8, Operand.of(at), 0, Operand.of(part));
        b.store(8, Operand.of(at), 8, Operand.of(end));
        b.add(at, IOVEC_SIZE);
        b.jump(frame.returnTo);
    }

    private void appendHeading(Label append, Slot step) {
        Slot end = frame.pid;
        set(frame.scratch2, HEADING);
        callAppend(append);
        b.load(4, end, Operand.of(step), 0);
        b.decimal(Operand.of(end), frame.page, end);
        b.store(1, Operand.of(end), 0, Operand.number(0));
        b.compute(Arithmetic.SUBTRACT, frame.scratch2, frame.page, Operand.of(base));
        callAppend(append);
        set(frame.scratch2, " of " + steps.size() + REFUSED);
        callAppend(append);
        b.load(4, frame.scratch2, Operand.of(step), 4);
        callAppend(append);
    }

    /** The errnos that are known by name. */
    private int errnos() {
        List<Errnos.Errno> errnos = new ArrayList<>(
                Errnos.met(emitter.usesTargets() || !emitter.subjects().isEmpty() || isHinted(Linux.EXDEV)));
        Errnos.RARE.stream().filter(errno -> isHinted(errno.number())).forEach(errnos::add);
        Map<Integer, String> known = new LinkedHashMap<>();
        errnos.forEach(errno -> known.put(errno.number(), errno.name() + " (" + errno.text() + ")"));
        return byErrno(known);
    }

    private void appendErrno(Label append, int errnos) {
        Label found = b.label("errno is known");
        Label unknown = b.label("errno is unknown");
        findByErrno(Operand.number(errnos), unknown);
        b.jump(found);
        b.place(unknown);
        Slot end = frame.pid;
        b.set(end, frame.words);
        emitter.append(end, "errno ");
        emitter.appendDecimal(end, Operand.of(Slot.ERRNO));
        b.store(1, Operand.of(end), 0, Operand.number(0));
        b.compute(Arithmetic.SUBTRACT, frame.scratch2, frame.words, Operand.of(base));
        b.place(found);
        callAppend(append);
    }

    private boolean isHinted(int errno) {
        return emitter.refusals().stream()
                .anyMatch(refusal -> refusal.hints().byErrno().containsKey(errno));
    }

    /** Looks the errno up, and leaves the offset of its text. */
    private void findByErrno(Operand array, Label absent) {
        Slot at = frame.pid;
        Slot number = frame.scratch2;
        Label loop = b.label("next errno");
        Label found = b.label("errno found");
        b.compute(Arithmetic.ADD, at, Operand.of(base), array);
        b.place(loop);
        b.load(2, number, Operand.of(at), 0);
        b.branch(number, Condition.EQUAL, 0, absent);
        b.add(at, 2);
        b.branch(number, Condition.EQUAL, Operand.of(Slot.ERRNO), found);
        b.scan(Operand.of(at), 0, at);
        b.add(at, 1);
        b.jump(loop);
        b.place(found);
        b.compute(Arithmetic.SUBTRACT, number, Operand.of(at), Operand.of(base));
    }

    private void appendHint(Label append, Slot refusal, Slot step) {
        Label none = b.label("no hint");
        Slot hints = frame.pidfd;
        b.load(4, hints, Operand.of(refusal), 8);
        b.branch(hints, Condition.EQUAL, 0, none);
        findByErrno(Operand.of(hints), none);
        Slot text = frame.timer;
        b.set(text, Operand.of(frame.scratch2));
        b.load(4, frame.scratch2, Operand.of(step), 16);
        callAppend(append);
        set(frame.scratch2, HELP);
        callAppend(append);
        b.set(frame.scratch2, Operand.of(text));
        callAppend(append);
        b.place(none);
    }

    /** Where a step works through paths, its number stands in the upper half of the failure's (see EachPath). */
    private void appendSubject(Label append, Slot step) {
        if (emitter.subjects().isEmpty()) {
            return;
        }
        Label none = b.label("no path");
        Slot table = frame.scratch4;
        Slot subject = frame.scratch5;
        b.load(4, table, Operand.of(step), SUBJECTS);
        b.branch(table, Condition.EQUAL, 0, none);
        b.compute(Arithmetic.SHIFT_RIGHT, subject, Operand.of(Slot.TAG), Operand.number(EachPath.SUBJECT_SHIFT));
        b.branch(subject, Condition.EQUAL, 0, none);
        b.compute(Arithmetic.SHIFT_LEFT, subject, Operand.of(subject), Operand.number(2));
        b.compute(Arithmetic.ADD, table, Operand.of(table), Operand.of(subject));
        b.compute(Arithmetic.ADD, table, Operand.of(table), Operand.of(base));
        b.load(4, subject, Operand.of(table), -4);
        b.load(4, frame.scratch2, Operand.of(step), 16);
        callAppend(append);
        set(frame.scratch2, PATH);
        callAppend(append);
        b.set(frame.scratch2, Operand.of(subject));
        callAppend(append);
        b.place(none);
    }

    private int subjects(List<String> paths) {
        ByteBuffer offsets = ByteBuffer.allocate(4 * paths.size()).order(ByteOrder.LITTLE_ENDIAN);
        paths.forEach(path -> offsets.putInt(texts.text(Printable.of(path))));
        return texts.bytes(offsets.array());
    }

    /** The refusals: offsets of the step's texts, of the call's text, of the hints or 0, and the exit status. */
    private int table() {
        List<Refusal> refusals = emitter.refusals();
        List<Integer> stepTexts = new ArrayList<>();
        for (NumberedStep step : steps) {
            stepTexts.add(stepTexts(step));
        }
        ByteBuffer table = ByteBuffer.allocate(16 * refusals.size()).order(ByteOrder.LITTLE_ENDIAN);
        Map<Hints, Integer> known = new LinkedHashMap<>();
        for (Refusal refusal : refusals) {
            table.putInt(stepTexts.get(refusal.step() - 1));
            table.putInt(texts.text(refusal.call()));
            table.putInt(refusal.hints().byErrno().isEmpty() ? 0 : known.computeIfAbsent(refusal.hints(), this::hints));
            table.putInt(refusal.status());
        }
        return texts.bytes(table.array());
    }

    private int hints(Hints hints) {
        return byErrno(hints.byErrno());
    }

    /** Texts by errno: the number, of 2 bytes, and the text, one after the other; ended by a zero. */
    private int byErrno(Map<Integer, String> all) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        all.forEach((errno, text) -> {
            bytes.write(errno);
            bytes.write(errno >> 8);
            bytes.writeBytes((text + "\0").getBytes(StandardCharsets.UTF_8));
        });
        bytes.write(0);
        bytes.write(0);
        return texts.bytes(bytes.toByteArray());
    }

    /** Whether it is no line of the spec: a setting of the command line. */
    private boolean isElsewhere(Span cause) {
        return !cause.file().equals(spec);
    }

    /** A step's texts: number, title, arrow or 0, the rest of the snippet after the path or 0, what starts a note, and its paths. */
    private int stepTexts(NumberedStep numbered) {
        Optional<Span> cause = numbered.step().cause();
        int title = texts.text(numbered.shownTitle() + ": ");
        int arrow = 0;
        int afterPath = 0;
        String margin = "  ";
        if (cause.isPresent()) {
            Snippet snippet = Snippet.of(cause.get());
            margin = snippet.margin();
            String start = "\n" + margin.substring(1) + "--> ";
            if (isElsewhere(cause.get())) {
                arrow = texts.text(start + cause.get().file() + snippet.afterPath());
            } else {
                arrow = texts.text(start);
                afterPath = texts.text(snippet.afterPath());
            }
        }
        int note = texts.text("\n" + margin + "= ");
        List<String> paths = emitter.subjects().get(numbered.number());
        ByteBuffer step = ByteBuffer.allocate(SUBJECTS + 4).order(ByteOrder.LITTLE_ENDIAN);
        step.putInt(numbered.number())
                .putInt(title)
                .putInt(arrow)
                .putInt(afterPath)
                .putInt(note);
        step.putInt(paths == null ? 0 : subjects(paths));
        return texts.bytes(step.array());
    }
}
