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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Carries bytes between the caller's standard streams and the sandbox's own terminal, as part of {@link Supervise}'s loop.
 *
 * <p>Each direction has one buffer, which is filled when it is empty and emptied where there is room: a reader that waits holds
 * up its own direction only, and no direction holds up a signal or the clock. What passes is not looked at, but for the
 * characters that make signals.
 */
final class Relay {
    private static final int POLLOUT = 4;
    private static final int SIZE = 4096;
    /** First of three pollfds: caller's input, master, caller's output. */
    private static final int FIRST = 4;

    /** A pseudo-terminal holds at most 64 KiB for its reader (drivers/tty/tty_buffer.c). */
    private static final int MOST_LAST_READS = 32;

    private static final int PAUSE_NANOS = 250_000_000;

    private final ProgramBuilder b;
    private final Frame frame;
    private final OwnTerminal terminal;
    private final Slot signal;
    private final Slot polls;
    private final Slot in;
    private final Slot out;
    private final Slot inAt;
    private final Slot inEnd;
    private final Slot outAt;
    private final Slot outEnd;
    private final Slot last;
    private final Slot left;
    private final Slot vacant;
    /** How long to wait at most: the address of a struct timespec, or 0. */
    final Slot tick;
    /** The caller's terminal, where its input is one. */
    final CallersTerminal callers;

    private final Operand.Address inBuffer;
    private final Operand.Address outBuffer;
    private final SignalCharacters characters;

    Relay(Emitter emitter, OwnTerminal terminal, Slot signal, Slot polls) {
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.terminal = terminal;
        this.signal = signal;
        this.polls = polls;
        in = terminal.in;
        out = terminal.out;
        inAt = b.slot("input at");
        inEnd = b.slot("input end");
        outAt = b.slot("output at");
        outEnd = b.slot("output end");
        last = b.slot("last byte");
        left = b.slot("reads left");
        vacant = b.slot("nobody at the terminal");
        tick = b.slot("tick");
        inBuffer = b.buffer("input", SIZE);
        outBuffer = b.buffer("output", SIZE);
        callers = new CallersTerminal(b, frame, terminal, signal);
        characters = new SignalCharacters(b, frame, terminal, callers.group);
    }

    /** Before the loop. */
    void begin() {
        // Slots are 0 at the start.
        b.set(last, '\n');
    }

    /** None of the streams. */
    void watchNothing() {
        for (int index = FIRST; index < FIRST + 3; index++) {
            b.store(4, Operand.of(polls), 8 * index, Operand.number(-1));
        }
    }

    private void watch(int index, Slot file) {
        b.store(4, Operand.of(polls), 8 * index, Operand.of(file));
    }

    private void events(int index, Operand events) {
        b.store(4, Operand.of(polls), 8 * index + 4, events);
    }

    /** In the loop, before it waits. */
    void watch() {
        Label done = b.label("streams are watched");
        Label background = b.label("in the background");
        Label master = b.label("watch the master");
        Label output = b.label("watch the output");
        Label pause = b.label("look again soon");
        Slot events = frame.scratch;
        b.branch(terminal.own, Condition.EQUAL, 0, done);
        b.set(tick, 0);
        watchNothing();
        b.branch(terminal.master, Condition.LESS, 0, done);
        b.branch(in, Condition.LESS, 0, master);
        Label foreground = b.label("in the foreground");
        b.branch(callers.raw, Condition.NOT_EQUAL, 0, foreground);
        b.branch(terminal.inIsTerminal, Condition.NOT_EQUAL, 0, background);
        b.place(foreground);
        b.branch(inAt, Condition.NOT_EQUAL, Operand.of(inEnd), master);
        watch(FIRST, in);
        events(FIRST, Operand.named("POLLIN", Linux.POLLIN));
        b.jump(master);
        // No signal tells that the job has come to the foreground.
        b.place(background);
        b.set(tick, soon());
        b.place(master);
        b.branch(vacant, Condition.NOT_EQUAL, 0, pause);
        b.set(events, 0);
        Label full = b.label("output is pending");
        b.branch(outAt, Condition.NOT_EQUAL, Operand.of(outEnd), full);
        b.set(events, Linux.POLLIN);
        b.place(full);
        Label empty = b.label("no input is pending");
        b.branch(inAt, Condition.EQUAL, Operand.of(inEnd), empty);
        b.compute(Arithmetic.OR, events, Operand.of(events), Operand.number(POLLOUT));
        b.place(empty);
        b.branch(events, Condition.EQUAL, 0, output);
        watch(FIRST + 1, terminal.master);
        events(FIRST + 1, Operand.of(events));
        b.jump(output);
        // Nobody has the terminal open: it would answer at once, again and again.
        b.place(pause);
        b.set(tick, soon());
        b.place(output);
        b.branch(outAt, Condition.EQUAL, Operand.of(outEnd), done);
        watch(FIRST + 2, out);
        events(FIRST + 2, Operand.named("POLLOUT", POLLOUT));
        b.place(done);
    }

    private Operand soon() {
        ByteBuffer pause = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        pause.putLong(0).putLong(PAUSE_NANOS);
        return b.struct("{250ms}", pause.array());
    }

    /**
     * In the loop, when nothing else has happened.
     *
     * @param consider where the signal of a character is given the effect that the kernel may not give it
     * @param scans whether there is need for that
     */
    void serve(Label loop, Label consider, boolean scans) {
        Slot ready = frame.scratch;
        Slot count = frame.scratch2;
        Label fromMaster = b.label("serve the master");
        Label toOutput = b.label("serve the output");
        Label hangUp = b.label("the caller's terminal is gone");
        b.branch(terminal.own, Condition.EQUAL, 0, loop);
        b.set(vacant, 0);
        Label inFront = b.label("still in front");
        b.branch(callers.raw, Condition.NOT_EQUAL, 0, inFront);
        callers.lookForForeground();
        b.place(inFront);
        b.load(2, ready, Operand.of(polls), 8 * FIRST + 6);
        b.branch(ready, Condition.EQUAL, 0, fromMaster);
        Label ended = b.label("end of input");
        read(in, inBuffer, count);
        b.branch(count, Condition.EQUAL, -Linux.EAGAIN, loop);
        b.branch(count, Condition.LESS, 1, ended);
        b.set(inAt, inBuffer);
        b.compute(Arithmetic.ADD, inEnd, inBuffer, Operand.of(count));
        b.load(1, last, Operand.of(inEnd), -1);
        if (scans) {
            characters.find(inAt, inEnd, fromMaster);
            b.set(signal, Operand.of(count));
            writeInput();
            b.jump(consider);
        } else {
            b.jump(fromMaster);
        }
        b.place(ended);
        b.branch(terminal.inIsTerminal, Condition.NOT_EQUAL, 0, hangUp);
        tellEnd();
        b.place(fromMaster);
        Label pending = b.label("input is written");
        b.branch(inAt, Condition.EQUAL, Operand.of(inEnd), pending);
        writeInput();
        b.place(pending);
        b.load(2, ready, Operand.of(polls), 8 * FIRST + 14);
        b.branch(ready, Condition.EQUAL, 0, toOutput);
        b.branch(outAt, Condition.NOT_EQUAL, Operand.of(outEnd), toOutput);
        Label silent = b.label("nobody writes");
        read(terminal.master, outBuffer, count);
        b.branch(count, Condition.EQUAL, -Linux.EAGAIN, loop);
        b.branch(count, Condition.LESS, 1, silent);
        b.set(outAt, outBuffer);
        b.compute(Arithmetic.ADD, outEnd, outBuffer, Operand.of(count));
        b.jump(loop);
        b.place(silent);
        b.set(vacant, 1);
        b.jump(loop);
        b.place(toOutput);
        b.load(2, ready, Operand.of(polls), 8 * FIRST + 22);
        b.branch(ready, Condition.EQUAL, 0, loop);
        writeOutput(loop, hangUp);
        b.jump(loop);
        b.place(hangUp);
        b.attempt(Syscall.CLOSE, Operand.of(terminal.master));
        b.set(terminal.master, -1);
        b.set(in, -1);
        b.set(outAt, Operand.of(outEnd));
        b.set(signal, Linux.SIGHUP);
        b.jump(consider);
    }

    private void read(Slot file, Operand.Address buffer, Slot count) {
        b.call(
                count,
                new OnError.Ignore(),
                Syscall.READ,
                Operand.of(file),
                buffer.shownAs("&bytes"),
                Operand.number(SIZE));
    }

    /** Writes what the terminal takes; what it does not take for good is dropped, because nobody is there to read it. */
    private void writeInput() {
        Slot count = frame.scratch;
        Label done = b.label("as much as it takes");
        Label written = b.label("input was taken");
        b.compute(Arithmetic.SUBTRACT, count, Operand.of(inEnd), Operand.of(inAt));
        b.call(
                count,
                new OnError.Ignore(),
                Syscall.WRITE,
                Operand.of(terminal.master),
                Operand.of(inAt.as("bytes")),
                Operand.of(count));
        b.branch(count, Condition.EQUAL, -Linux.EAGAIN, done);
        b.branch(count, Condition.AT_LEAST, 0, written);
        b.set(inAt, Operand.of(inEnd));
        b.jump(done);
        b.place(written);
        b.compute(Arithmetic.ADD, inAt, Operand.of(inAt), Operand.of(count));
        b.place(done);
    }

    private void writeOutput(Label again, Label broken) {
        Slot count = frame.scratch;
        b.compute(Arithmetic.SUBTRACT, count, Operand.of(outEnd), Operand.of(outAt));
        b.call(
                count,
                new OnError.Ignore(),
                Syscall.WRITE,
                Operand.of(out),
                Operand.of(outAt.as("bytes")),
                Operand.of(count));
        b.branch(count, Condition.EQUAL, -Linux.EAGAIN, again);
        b.branch(count, Condition.LESS, 1, broken);
        b.compute(Arithmetic.ADD, outAt, Operand.of(outAt), Operand.of(count));
    }

    /** Types the end-of-file character, twice where a line is unfinished (termios(3)). */
    private void tellEnd() {
        Label done = b.label("end is told");
        Slot value = frame.scratch4;
        b.set(in, -1);
        characters.askModes(done);
        b.branch(value, Condition.NO_BIT, CallersModes.ICANON, done);
        b.load(1, value, characters.modes, CallersModes.VEOF);
        b.store(1, inBuffer, 0, Operand.of(value));
        b.store(1, inBuffer, 1, Operand.of(value));
        b.set(inAt, inBuffer);
        b.set(inEnd, inBuffer.plus(1));
        b.branch(last, Condition.EQUAL, '\n', done);
        b.set(inEnd, inBuffer.plus(2));
        b.place(done);
    }

    /** When the command has ended: passes on what it wrote last, as far as somebody reads it. */
    void drain(Label reap) {
        Slot count = frame.scratch2;
        Label again = b.label("drain");
        Label flush = b.label("flush");
        Label ready = b.label("output is ready");
        b.branch(terminal.own, Condition.EQUAL, 0, reap);
        if (!terminal.isOfHost()) {
            Label known = b.label("master is known");
            b.branch(terminal.master, Condition.AT_LEAST, 0, known);
            // A refusal, which is longer, is not for this.
            b.call(
                    count,
                    new OnError.Ignore(),
                    Syscall.RECVFROM,
                    Operand.of(frame.reportIn),
                    frame.words.shownAs("&report"),
                    Operand.number(8),
                    Operand.named("MSG_PEEK|MSG_DONTWAIT", Linux.MSG_PEEK | Linux.MSG_DONTWAIT),
                    Operand.NULL,
                    Operand.NULL);
            b.branch(count, Condition.NOT_EQUAL, 1, known);
            terminal.receiveMaster(count);
            b.place(known);
        }
        b.branch(terminal.master, Condition.LESS, 0, reap);
        b.set(left, MOST_LAST_READS);
        b.place(again);
        b.branch(outAt, Condition.NOT_EQUAL, Operand.of(outEnd), flush);
        b.add(left, -1);
        b.branch(left, Condition.LESS, 0, reap);
        read(terminal.master, outBuffer, count);
        b.branch(count, Condition.LESS, 1, reap);
        b.set(outAt, outBuffer);
        b.compute(Arithmetic.ADD, outEnd, outBuffer, Operand.of(count));
        b.place(flush);
        watch(0, out);
        events(0, Operand.named("POLLOUT", POLLOUT));
        b.call(
                count,
                new OnError.GoTo(reap),
                Syscall.PPOLL,
                frame.polls.shownAs("[{fd=<output>}, {fd=<signals>}, {fd=<timer>}]"),
                Operand.number(3),
                Operand.NULL,
                Operand.NULL,
                Operand.number(0));
        b.load(2, count, Operand.of(polls), 22);
        b.branch(count, Condition.NOT_EQUAL, 0, reap);
        b.load(2, count, Operand.of(polls), 14);
        b.branch(count, Condition.EQUAL, 0, ready);
        b.call(
                count,
                new OnError.GoTo(reap),
                Syscall.READ,
                Operand.of(frame.signals),
                frame.siginfo.shownAs("&signal"),
                Operand.number(128));
        b.load(4, count, frame.siginfo, 0);
        b.branch(count, Condition.EQUAL, Linux.SIGCHLD, again);
        b.branch(count, Condition.EQUAL, Linux.SIGCONT, again);
        b.branch(count, Condition.EQUAL, CallersTerminal.SIGWINCH, again);
        // Somebody wants an end, and nobody reads.
        b.jump(reap);
        b.place(ready);
        writeOutput(again, reap);
        b.jump(again);
    }
}
