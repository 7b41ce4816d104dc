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
 * Gives the terminal's signals the effect they would have had, had the command not been PID 1.
 *
 * <p>The kernel drops a signal for PID 1 that has no handler (pid_namespaces(7)). Ctrl-C and Ctrl-Z would do nothing, and a
 * background read would spin. So where the command neither catches, ignores nor blocks such a signal, the launcher does
 * what its default action says: it ends the sandbox, or stops it.
 */
final class ActForInit {
    private static final int ENDING = 1 << Linux.SIGHUP | 1 << 2 | 1 << 3;
    private static final int STOPPING = 1 << Linux.SIGTSTP | 1 << 21 | 1 << 22;

    /** {@code SigBlk:\t}, 16 hexadecimal digits and a line break, then SigIgn and SigCgt likewise (proc_pid_status(5)). */
    private static final String FIRST_SET = "SigBlk:\t";

    private static final int SET_STRIDE = 8 + 16 + 1;
    private static final int DIGITS = 8;
    private static final int FILE_SIZE = 4096;
    private static final String PID_LINE = "Pid:\t";
    private static final int MOST_DIGITS = 12;

    /* Which of the three lines. */
    private static final int BLOCKED = 0;
    private static final int IGNORED = 1;
    private static final int CAUGHT = 2;

    private static final int MOST_LOOKS = 10;
    private static final int PAUSE_NANOS = 10_000_000;

    private final ProgramBuilder b;
    private final Emitter emitter;
    private final Frame frame;
    private final Slot signal;
    private final Slot forced;
    private final Slot stoppedByUs;
    private final Slot looks;

    ActForInit(Emitter emitter, Slot signal, Slot forced, Slot stoppedByUs) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.signal = signal;
        this.forced = forced;
        this.stoppedByUs = stoppedByUs;
        this.looks = b.slot("looks at PID 1");
    }

    /** Emits the decision about {@code signal}; goes on at one of the two labels. */
    void emit(Label loop, Label kill) {
        Slot bit = frame.returnTo;
        Slot value = frame.scratch;
        Label end = b.label("end for PID 1");
        Label look = b.label("look at PID 1");
        Label blocked = b.label("PID 1 blocks the signal");
        b.branch(signal, Condition.AT_LEAST, 32, loop);
        Supervise.bit(b, bit, signal);
        b.branch(bit, Condition.NO_BIT, ENDING | STOPPING, loop);
        b.set(looks, 0);
        b.place(look);
        readStatus(loop);
        Slot at = frame.scratch2;
        findLine(at, FIRST_SET, loop);
        findDigit(at);
        branchIfInSet(at, IGNORED, loop);
        branchIfInSet(at, CAUGHT, loop);
        branchIfInSet(at, BLOCKED, blocked);
        b.branch(bit, Condition.ANY_BIT, ENDING, end);
        b.set(stoppedByUs, 1);
        b.attempt(
                Syscall.PIDFD_SEND_SIGNAL,
                Operand.of(frame.pidfd),
                Operand.named("SIGSTOP", Linux.SIGSTOP),
                Operand.NULL,
                Operand.number(0));
        b.jump(loop);
        b.place(end);
        b.compute(Arithmetic.ADD, value, Operand.of(signal), Operand.number(128));
        b.set(forced, Operand.of(value));
        b.jump(kill);
        b.place(blocked);
        waitForMask(look, loop);
    }

    /**
     * Reads PID 1's status.
     *
     * <p>By the number that the pidfd has in the /proc that is mounted here: where that belongs to another pid namespace than
     * the launcher's, the number that clone3(2) returned is somebody else's there (pidfd_open(2), proc_pid_fdinfo(5)).
     */
    private void readStatus(Label giveUp) {
        Slot end = frame.scratch2;
        Slot number = frame.scratch4;
        b.set(end, frame.words);
        emitter.append(end, "/proc/self/fdinfo/");
        emitter.appendDecimal(end, Operand.of(frame.pidfd));
        readFile(end, "\"/proc/self/fdinfo/<pidfd>\"", giveUp);
        findLine(number, PID_LINE, giveUp);
        b.add(number, PID_LINE.length());
        b.scan(Operand.of(number), '\n', frame.scratch3);
        b.compute(Arithmetic.SUBTRACT, frame.scratch3, Operand.of(frame.scratch3), Operand.of(number));
        b.branch(frame.scratch3, Condition.AT_LEAST, MOST_DIGITS, giveUp);
        b.set(end, frame.words);
        emitter.append(end, "/proc/");
        b.copy(Operand.of(end), Operand.of(number), Operand.of(frame.scratch3), end);
        emitter.append(end, "/status");
        readFile(end, "\"/proc/<pid>/status\"", giveUp);
    }

    /** Reads the file whose name ends at a slot's address into the page, and puts a NUL behind it. */
    private void readFile(Slot end, String shown, Label giveUp) {
        Slot file = frame.scratch;
        b.store(1, Operand.of(end), 0, Operand.number(0));
        b.call(
                file,
                new OnError.GoTo(giveUp),
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                frame.words.shownAs(shown),
                Operand.named("O_RDONLY|O_CLOEXEC", Linux.O_RDONLY | Linux.O_CLOEXEC));
        b.call(
                frame.scratch3,
                new OnError.Ignore(),
                Syscall.READ,
                Operand.of(file),
                frame.page.shownAs("&file"),
                Operand.number(FILE_SIZE));
        b.attempt(Syscall.CLOSE, Operand.of(file));
        b.branch(frame.scratch3, Condition.LESS, 1, giveUp);
        b.compute(Arithmetic.ADD, end, frame.page, Operand.of(frame.scratch3));
        b.store(1, Operand.of(end), 0, Operand.number(0));
    }

    /** Leaves the address of the line of the page that starts so. */
    private void findLine(Slot at, String start, Label giveUp) {
        Slot differs = frame.scratch3;
        Label next = b.label("next line of " + start);
        Label found = b.label("found " + start);
        b.set(at, frame.page);
        b.place(next);
        b.compare(Operand.of(at), b.text(start), Operand.number(start.length()), differs);
        b.branch(differs, Condition.EQUAL, 0, found);
        b.scan(Operand.of(at), '\n', at);
        b.load(1, differs, Operand.of(at), 0);
        b.branch(differs, Condition.EQUAL, 0, giveUp);
        b.add(at, 1);
        b.jump(next);
        b.place(found);
    }

    /** A shell blocks every signal while it forks: only what stays blocked is meant to be. */
    private void waitForMask(Label look, Label loop) {
        b.add(looks, 1);
        b.branch(looks, Condition.AT_LEAST, MOST_LOOKS, loop);
        ByteBuffer pause = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        pause.putLong(0).putLong(PAUSE_NANOS);
        b.call(
                frame.scratch,
                new OnError.GoTo(loop),
                Syscall.PPOLL,
                frame.polls.shownAs("[{fd=<pidfd>}]"),
                Operand.number(1),
                b.struct("{10ms}", pause.array()),
                Operand.NULL,
                Operand.number(0));
        b.branch(frame.scratch, Condition.EQUAL, 0, look);
        b.jump(loop);
    }

    /** The digit that holds signal n is the (n-1)/4-th from the right, its bit the (n-1)%4-th. */
    private void findDigit(Slot at) {
        Slot digit = frame.scratch;
        Slot shift = frame.scratch3;
        b.add(at, DIGITS + 15);
        b.add(signal, -1);
        b.compute(Arithmetic.SHIFT_RIGHT, digit, Operand.of(signal), Operand.number(2));
        b.compute(Arithmetic.SUBTRACT, at, Operand.of(at), Operand.of(digit));
        b.compute(Arithmetic.AND, shift, Operand.of(signal), Operand.number(3));
        b.add(signal, 1);
    }

    private void branchIfInSet(Slot at, int set, Label inSet) {
        Slot digit = frame.scratch;
        Label decimal = b.label("digit is decimal");
        b.load(1, digit, Operand.of(at), set * SET_STRIDE);
        b.branch(digit, Condition.LESS, 'a', decimal);
        // 'a' is 10: its low four bits are 1.
        b.add(digit, 9);
        b.place(decimal);
        b.compute(Arithmetic.SHIFT_RIGHT, digit, Operand.of(digit), Operand.of(frame.scratch3));
        b.branch(digit, Condition.ANY_BIT, 1, inSet);
    }
}
