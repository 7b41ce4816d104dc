package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Prints the message of a refused call and ends with its exit status.
 *
 * <p>Everything but the errno and the spec's path as the user typed it was rendered at compile time; the parts are put
 * together by one writev(2), so messages of several launchers do not mix.
 */
final class TellRefusal {
    private static final int STDERR = 2;
    private static final int IOVEC_SIZE = 16;

    /** Where a step's texts have the address of its paths, in programs that have any. */
    private static final int SUBJECTS = 20;

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final List<NumberedStep> steps;
    private final Slot file;

    /** Prepares the message printer; {@code file} holds the address of the spec's path. */
    TellRefusal(Emitter emitter, List<NumberedStep> steps, Slot file) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.steps = steps;
        this.file = file;
    }

    /** Emits the printer for the failure in {@link Slot#TAG} and {@link Slot#ERRNO}; nothing runs after it. */
    void emit() {
        Slot refusal = frame.scratch;
        Slot at = frame.envEnd;
        Slot part = frame.scratch2;
        b.set(at, frame.message);
        b.compute(Arithmetic.AND, refusal, Operand.of(Slot.TAG), Operand.number(OnError.FAIL_BIT - 1));
        b.compute(Arithmetic.SHIFT_LEFT, refusal, Operand.of(refusal), Operand.number(4));
        b.compute(Arithmetic.ADD, refusal, Operand.of(refusal), table());
        Label append = b.label("append to the message");
        Slot step = frame.scratch3;
        b.load(4, step, Operand.of(refusal), 0);
        appendHeading(append, step);
        appendErrno(append);
        Label nowhere = b.label("no line of the spec");
        Label hint = b.label("hint");
        b.load(4, part, Operand.of(step), 8);
        b.branch(part, Condition.EQUAL, 0, nowhere);
        callAppend(append);
        b.set(part, Operand.of(file));
        callAppend(append);
        b.load(4, part, Operand.of(step), 12);
        callAppend(append);
        b.place(nowhere);
        b.load(4, part, Operand.of(step), 16);
        callAppend(append);
        b.set(part, b.text("note: the call was "));
        callAppend(append);
        b.load(4, part, Operand.of(refusal), 4);
        callAppend(append);
        appendSubject(append, step);
        b.place(hint);
        appendHint(append, refusal, step);
        b.set(part, b.text("\n"));
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

    private void callAppend(Label append) {
        Label back = b.label("appended");
        b.set(frame.returnTo, back);
        b.jump(append);
        b.place(back);
    }

    /** A subroutine: adds the text at {@code part} to the message. */
    private void emitAppend(Label append, Slot at, Slot part) {
        Slot end = frame.path;
        b.place(append);
        b.scan(Operand.of(part), 0, end);
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), Operand.of(part));
        b.store(8, Operand.of(at), 0, Operand.of(part));
        b.store(8, Operand.of(at), 8, Operand.of(end));
        b.add(at, IOVEC_SIZE);
        b.jump(frame.returnTo);
    }

    private void appendHeading(Label append, Slot step) {
        Slot end = frame.pid;
        b.set(frame.scratch2, b.text("nsbox: error: step "));
        callAppend(append);
        b.load(4, end, Operand.of(step), 0);
        b.decimal(Operand.of(end), frame.page, end);
        b.store(1, Operand.of(end), 0, Operand.number(0));
        b.set(frame.scratch2, frame.page);
        callAppend(append);
        b.set(frame.scratch2, b.text(" of " + steps.size() + " refused: "));
        callAppend(append);
        b.load(4, frame.scratch2, Operand.of(step), 4);
        callAppend(append);
    }

    private void appendErrno(Label append) {
        List<Errnos.Errno> errnos = new ArrayList<>(
                Errnos.met(emitter.usesTargets() || !emitter.subjects().isEmpty()));
        Errnos.RARE.stream().filter(this::isHinted).forEach(errnos::add);
        ByteBuffer known = ByteBuffer.allocate(8 * (errnos.size() + 1)).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Operand.Address> texts = new LinkedHashMap<>();
        for (int i = 0; i < errnos.size(); i++) {
            Errnos.Errno errno = errnos.get(i);
            known.putInt(8 * i, errno.number());
            texts.put(8 * i + 4, b.text(errno.name() + " (" + errno.text() + ")"));
        }
        Label found = b.label("errno is known");
        Label unknown = b.label("errno is unknown");
        findByErrno(b.table("errnos", known.array(), texts), unknown);
        b.jump(found);
        b.place(unknown);
        Slot end = frame.pid;
        b.set(end, frame.words);
        emitter.append(end, "errno ");
        emitter.appendDecimal(end, Operand.of(Slot.ERRNO));
        b.store(1, Operand.of(end), 0, Operand.number(0));
        b.set(frame.scratch2, frame.words);
        b.place(found);
        callAppend(append);
    }

    private boolean isHinted(Errnos.Errno errno) {
        return emitter.refusals().stream()
                .anyMatch(refusal -> refusal.hints().byErrno().containsKey(errno.number()));
    }

    /** Looks the errno up in an array of (errno, text) that ends with zeros, and leaves the text's address. */
    private void findByErrno(Operand array, Label absent) {
        Slot at = frame.pid;
        Slot number = frame.scratch2;
        Label loop = b.label("next errno");
        Label found = b.label("errno found");
        b.set(at, array);
        b.place(loop);
        b.load(4, number, Operand.of(at), 0);
        b.branch(number, Condition.EQUAL, 0, absent);
        b.branch(number, Condition.EQUAL, Operand.of(Slot.ERRNO), found);
        b.add(at, 8);
        b.jump(loop);
        b.place(found);
        b.load(4, number, Operand.of(at), 4);
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
        b.set(frame.scratch2, b.text("help: "));
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
        b.load(4, subject, Operand.of(table), -4);
        b.load(4, frame.scratch2, Operand.of(step), 16);
        callAppend(append);
        b.set(frame.scratch2, b.text("note: the path was "));
        callAppend(append);
        b.set(frame.scratch2, Operand.of(subject));
        callAppend(append);
        b.place(none);
    }

    private Operand.Address subjects(List<String> paths) {
        Map<Integer, Operand.Address> addresses = new LinkedHashMap<>();
        for (String path : paths) {
            addresses.put(4 * addresses.size(), b.text(path));
        }
        return b.table("paths", new byte[4 * paths.size()], addresses);
    }

    /** The refusals: address of the step's texts, of the call's text, of the hints or 0, and the exit status. */
    private Operand table() {
        List<Refusal> refusals = emitter.refusals();
        List<Operand.Address> stepTexts = new ArrayList<>();
        for (NumberedStep step : steps) {
            stepTexts.add(stepTexts(step));
        }
        ByteBuffer table = ByteBuffer.allocate(16 * refusals.size()).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Operand.Address> addresses = new LinkedHashMap<>();
        Map<Hints, Operand.Address> known = new LinkedHashMap<>();
        for (int i = 0; i < refusals.size(); i++) {
            Refusal refusal = refusals.get(i);
            addresses.put(16 * i, stepTexts.get(refusal.step() - 1));
            addresses.put(16 * i + 4, b.text(refusal.call()));
            if (!refusal.hints().byErrno().isEmpty()) {
                addresses.put(16 * i + 8, known.computeIfAbsent(refusal.hints(), this::hints));
            }
            table.putInt(16 * i + 12, refusal.status());
        }
        return b.table("refusals", table.array(), addresses);
    }

    private Operand.Address hints(Hints hints) {
        ByteBuffer array = ByteBuffer.allocate(8 * (hints.byErrno().size() + 1)).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Operand.Address> texts = new LinkedHashMap<>();
        int at = 0;
        for (Map.Entry<Integer, String> hint : hints.byErrno().entrySet()) {
            array.putInt(at, hint.getKey());
            texts.put(at + 4, b.text(hint.getValue()));
            at += 8;
        }
        return b.table("hints", array.array(), texts);
    }

    /** A step's texts: number, title, arrow or 0, the rest of the snippet after the path, and what starts a note. */
    private Operand.Address stepTexts(NumberedStep numbered) {
        Optional<Span> cause = numbered.step().cause();
        Map<Integer, Operand.Address> addresses = new LinkedHashMap<>();
        addresses.put(4, b.text(numbered.step().title() + ": "));
        String margin = "  ";
        if (cause.isPresent()) {
            Snippet snippet = Snippet.of(cause.get());
            margin = snippet.margin();
            addresses.put(8, b.text("\n" + margin.substring(1) + "--> "));
            addresses.put(12, b.text(snippet.afterPath()));
        }
        addresses.put(16, b.text("\n" + margin + "= "));
        List<String> paths = emitter.subjects().get(numbered.number());
        if (paths != null) {
            addresses.put(SUBJECTS, subjects(paths));
        }
        ByteBuffer texts = ByteBuffer.allocate(emitter.subjects().isEmpty() ? SUBJECTS : SUBJECTS + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(numbered.number());
        return b.table("step", texts.array(), addresses);
    }
}
