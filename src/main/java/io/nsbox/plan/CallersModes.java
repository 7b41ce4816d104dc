package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/**
 * The modes of the caller's terminal (termios(3)): raw while the sandbox has one of its own, and given back however that ends.
 */
final class CallersModes {
    /* Where struct termios has its control characters (asm-generic/termbits.h). */
    static final int VINTR = 17;
    static final int VQUIT = 18;
    static final int VEOF = 21;
    private static final int VTIME = 22;
    static final int VSUSP = 27;
    /** Where its local modes are. */
    static final int LFLAG = 12;

    static final int ISIG = 1;
    static final int ICANON = 2;

    /** Bytes of the kernel's struct termios (asm-generic/termbits.h). */
    private static final int TERMIOS_SIZE = 36;

    private final ProgramBuilder b;
    private final Frame frame;

    /** Whether {@link #saved} holds the modes that the caller's terminal has for this job: 1 or 0. */
    final Slot known;
    /** The modes of the caller's terminal, as they were. */
    final Operand.Address saved;
    /** The same, made raw. */
    private final Operand.Address rawModes;

    private final Slot back;
    private final Label raw;

    CallersModes(ProgramBuilder builder, Frame frame) {
        this.b = builder;
        this.frame = frame;
        known = b.slot("modes are known");
        back = b.slot("back from raw");
        raw = b.label("make raw");
        rawModes = b.buffer("raw modes", 40);
        saved = b.buffer("caller's modes", 40);
    }

    /** Puts the caller's terminal into raw mode, and remembers its modes if that is not done yet. */
    void goRaw() {
        Label remembered = b.label("modes are remembered");
        b.branch(known, Condition.NOT_EQUAL, 0, remembered);
        b.attempt(
                Syscall.IOCTL, Operand.number(0), Operand.named("TCGETS", OwnTerminal.TCGETS), saved.shownAs("&modes"));
        b.set(known, 1);
        b.place(remembered);
        makeRaw();
        setModes(rawModes);
    }

    /** Gives the caller's terminal its own modes back, if they were changed. */
    void restoreModes(Slot raw) {
        Label done = b.label("modes are the caller's");
        b.branch(raw, Condition.EQUAL, 0, done);
        setModes(saved);
        b.set(raw, 0);
        b.place(done);
    }

    /** Emits, for the guard of a launcher that was killed, that the caller's terminal gets its modes back if they are raw still; the first pollfd says whether the launcher has ended. */
    void rescueAfter(Operand.Address polls) {
        Label done = b.label("nothing to rescue");
        Slot differs = frame.scratch;
        b.load(2, differs, polls, 6);
        b.branch(differs, Condition.EQUAL, 0, done);
        b.branch(known, Condition.EQUAL, 0, done);
        makeRaw();
        b.call(
                differs,
                new OnError.GoTo(done),
                Syscall.IOCTL,
                Operand.number(0),
                Operand.named("TCGETS", OwnTerminal.TCGETS),
                frame.page.shownAs("&modes"));
        b.compare(frame.page, rawModes, Operand.number(TERMIOS_SIZE), differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, done);
        setModes(saved);
        b.place(done);
    }

    private void setModes(Operand.Address modes) {
        b.attempt(
                Syscall.IOCTL, Operand.number(0), Operand.named("TCSETS", OwnTerminal.TCSETS), modes.shownAs("&modes"));
    }

    private void makeRaw() {
        b.callRoutine(raw, back, "modes are raw");
    }

    /** Emits what makes the caller's modes raw, as cfmakeraw(3) does. */
    void emitRoutine() {
        Slot at = frame.scratch2;
        Slot word = frame.scratch3;
        b.section(Lowering.SUPERVISION, 0);
        b.place(raw);
        b.copy(rawModes, saved, Operand.number(TERMIOS_SIZE), Slot.NOWHERE);
        b.set(at, rawModes);
        mask(at, word, 0, ~(0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400));
        mask(at, word, 4, ~0x1);
        mask(at, word, LFLAG, ~(0x1 | 0x2 | 0x8 | 0x40 | 0x8000));
        b.load(4, word, Operand.of(at), 8);
        b.compute(Arithmetic.AND, word, Operand.of(word), Operand.number(~(0x30 | 0x100)));
        b.compute(Arithmetic.OR, word, Operand.of(word), Operand.number(0x30));
        b.store(4, Operand.of(at), 8, Operand.of(word));
        // VTIME is 0, VMIN is 1.
        b.store(2, Operand.of(at), VTIME, Operand.number(1 << 8));
        b.jump(back);
    }

    private void mask(Slot at, Slot word, int offset, int keep) {
        b.load(4, word, Operand.of(at), offset);
        b.compute(Arithmetic.AND, word, Operand.of(word), Operand.number(keep));
        b.store(4, Operand.of(at), offset, Operand.of(word));
    }
}
