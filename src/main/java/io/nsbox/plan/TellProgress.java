package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells on standard error how each step goes, with the time since the launcher began and since the line before it.
 *
 * <p>Only launchers that are asked to have it. It writes to a copy of the caller's standard error, because a command's may
 * be another one's (a terminal of its own, a log) before the last step is done; execve(2) closes the copy. A refused step is
 * told as it always is.
 */
final class TellProgress {
    /** The first descriptor that is free once what was inherited is closed. */
    private static final int STREAM = 3;

    private static final int NANOSECONDS = 1_000_000_000;
    private static final int MICROSECOND_DIGITS = 6;
    private static final int IOVEC_SIZE = 16;
    private static final String NEWLINE = "\r\n";

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Set<Integer> known = new HashSet<>();
    private final Slot end;
    private final Slot back;
    private final Slot text;
    private final Slot length;
    private final Slot newline;
    private final Slot seconds;
    private final Slot nanoseconds;
    private final Slot before;
    private final Label routine;
    private final Operand.Address now;
    private final Operand.Address first;
    private final Operand.Address last;
    private final Operand.Address line;
    private final Operand.Address digits;
    private final Operand.Address parts;

    TellProgress(Emitter emitter) {
        this.emitter = emitter;
        b = emitter.builder();
        end = b.slot("end of the line");
        back = b.slot("back from telling");
        text = b.slot("what is told");
        length = b.slot("length of what is told");
        newline = b.slot("end of a line");
        seconds = b.slot("seconds");
        nanoseconds = b.slot("nanoseconds");
        before = b.slot("the same before");
        routine = b.label("tell how it goes");
        now = b.buffer("now", 16);
        first = b.buffer("beginning", 16);
        last = b.buffer("time of the line before", 16);
        line = b.buffer("line", 128);
        digits = b.buffer("digits", 32);
        parts = b.buffer("parts of a line", 3 * IOVEC_SIZE);
    }

    /** Emits the beginning, before the first step. */
    void begin() {
        b.attempt(Syscall.CLOCK_GETTIME, Durations.MONOTONIC, first.shownAs("&now"));
        b.copy(last, first, Operand.number(16), Slot.NOWHERE);
    }

    /** Emits the copy of standard error, once descriptors from 3 up are free. */
    void open() {
        Label plain = b.label("no terminal is told");
        Operand stream = Operand.number(STREAM);
        b.attempt(Syscall.DUP3, Operand.number(2), stream, Operand.named("O_CLOEXEC", Linux.O_CLOEXEC));
        Operand.Address ending = b.text(NEWLINE);
        b.compute(Arithmetic.ADD, newline, ending, Operand.number(1));
        // Where a terminal is relayed it is in raw mode, and a line feed alone leaves the column as it is.
        b.call(
                Slot.NOWHERE,
                new OnError.GoTo(plain),
                Syscall.IOCTL,
                stream,
                Operand.named("TCGETS", OwnTerminal.TCGETS),
                emitter.frame().page.shownAs("&modes"));
        b.set(newline, ending);
        b.place(plain);
    }

    /** Lets go of the copy, in a process that lives on beside the command. */
    void close() {
        b.attempt(Syscall.CLOSE, Operand.number(STREAM));
    }

    /** Whether a part of the step is told already. */
    boolean knows(NumberedStep step) {
        return known.contains(step.number());
    }

    /** Emits a line about a part of a step. */
    void tell(NumberedStep step, int steps, Phase phase, String how) {
        known.add(step.number());
        String what =
                "step " + step.number() + " of " + steps + ", " + phase.word() + ": " + step.shownTitle() + ": " + how;
        b.set(text, b.text(what));
        b.set(length, what.getBytes(StandardCharsets.UTF_8).length);
        call();
    }

    /** Emits the last line. */
    void tellEnd(Slot status) {
        b.set(text, emitter.frame().words);
        b.set(length, emitter.frame().words);
        emitter.append(length, "ended with status ");
        emitter.appendDecimal(length, Operand.of(status));
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), emitter.frame().words);
        call();
    }

    private void call() {
        b.callRoutine(routine, back, "it is told");
    }

    /** Emits what writes a line. */
    void emitRoutine() {
        b.place(routine);
        b.attempt(Syscall.CLOCK_GETTIME, Durations.MONOTONIC, now.shownAs("&now"));
        b.set(end, line);
        emitter.append(end, "nsbox: ");
        appendTimeSince(first);
        emitter.append(end, " +");
        appendTimeSince(last);
        emitter.append(end, " ");
        b.copy(last, now, Operand.number(16), Slot.NOWHERE);
        b.store(8, parts, 0, line);
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), line);
        b.store(8, parts, 8, Operand.of(end));
        b.store(8, parts, IOVEC_SIZE, Operand.of(text));
        b.store(8, parts, IOVEC_SIZE + 8, Operand.of(length));
        b.store(8, parts, 2 * IOVEC_SIZE, Operand.of(newline));
        b.compute(Arithmetic.ADD, end, b.text(NEWLINE), Operand.number(NEWLINE.length()));
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), Operand.of(newline));
        b.store(8, parts, 2 * IOVEC_SIZE + 8, Operand.of(end));
        b.attempt(Syscall.WRITEV, Operand.number(STREAM), parts.shownAs("line"), Operand.number(3));
        b.jump(back);
    }

    /** Adds seconds with six decimals. The program cannot divide: the digits of a billion and more are all nine there. */
    private void appendTimeSince(Operand.Address then) {
        Label later = b.label("no second is borrowed");
        b.load(8, seconds, now, 0);
        b.load(8, before, then, 0);
        b.compute(Arithmetic.SUBTRACT, seconds, Operand.of(seconds), Operand.of(before));
        b.load(8, nanoseconds, now, 8);
        b.load(8, before, then, 8);
        b.compute(Arithmetic.SUBTRACT, nanoseconds, Operand.of(nanoseconds), Operand.of(before));
        b.branch(nanoseconds, Condition.AT_LEAST, 0, later);
        b.add(nanoseconds, NANOSECONDS);
        b.compute(Arithmetic.SUBTRACT, seconds, Operand.of(seconds), Operand.number(1));
        b.place(later);
        emitter.appendDecimal(end, Operand.of(seconds));
        emitter.append(end, ".");
        b.add(nanoseconds, NANOSECONDS);
        b.decimal(Operand.of(nanoseconds), digits, before);
        b.compute(Arithmetic.ADD, before, digits, Operand.number(1));
        b.copy(Operand.of(end), Operand.of(before), Operand.number(MICROSECOND_DIGITS), end);
    }
}
