package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/**
 * The characters of which the sandbox's terminal makes signals, such as Ctrl-C (termios(3)).
 *
 * <p>Looked for where the command itself is in front: to a process 1, or to the leader of a session, that does not handle
 * such a signal the kernel does nothing.
 */
final class SignalCharacters {
    private static final int SIGINT = 2;
    private static final int SIGQUIT = 3;

    private final ProgramBuilder b;
    private final Frame frame;
    private final OwnTerminal terminal;
    private final Operand.Address group;

    /** The modes of the sandbox's terminal, once they were asked for. */
    final Operand.Address modes;

    /** Of this terminal; {@code group} is room for the number of a process group. */
    SignalCharacters(ProgramBuilder builder, Frame frame, OwnTerminal terminal, Operand.Address group) {
        this.b = builder;
        this.frame = frame;
        this.terminal = terminal;
        this.group = group;
        modes = b.buffer("modes", 40);
    }

    /**
     * Leaves, in the second scratch slot, the signal that a character makes; goes on at the label if none does.
     *
     * @param from where the characters begin
     * @param to where they end
     */
    void find(Slot from, Slot to, Label none) {
        Slot found = frame.scratch2;
        Slot at = frame.scratch3;
        Slot value = frame.scratch4;
        Slot wanted = frame.scratch5;
        Label loop = b.label("next character");
        Label next = b.label("makes no signal");
        Label made = b.label("makes a signal");
        askModes(none);
        b.branch(value, Condition.NO_BIT, CallersModes.ISIG, none);
        b.call(
                value,
                new OnError.GoTo(none),
                Syscall.IOCTL,
                Operand.of(terminal.master),
                Operand.named("TIOCGPGRP", RememberTerminal.TIOCGPGRP),
                group.shownAs("&group"));
        b.load(4, value, group, 0);
        // Where a shell inside has put another group in front, that group gets the signal.
        b.branch(value, Condition.NOT_EQUAL, Operand.of(frame.pid), none);
        b.set(at, Operand.of(from));
        b.place(loop);
        b.load(1, value, Operand.of(at), 0);
        character(CallersModes.VINTR, SIGINT, value, wanted, found, made);
        character(CallersModes.VQUIT, SIGQUIT, value, wanted, found, made);
        character(CallersModes.VSUSP, Linux.SIGTSTP, value, wanted, found, made);
        b.place(next);
        b.add(at, 1);
        b.branch(at, Condition.LESS, Operand.of(to), loop);
        b.jump(none);
        b.place(made);
    }

    private void character(int offset, int number, Slot value, Slot wanted, Slot found, Label made) {
        b.load(1, wanted, modes, offset);
        b.set(found, number);
        b.branch(value, Condition.EQUAL, Operand.of(wanted), made);
    }

    /** Leaves the terminal's local modes in the fourth scratch slot. */
    void askModes(Label failed) {
        b.call(
                frame.scratch4,
                new OnError.GoTo(failed),
                Syscall.IOCTL,
                Operand.of(terminal.master),
                Operand.named("TCGETS", OwnTerminal.TCGETS),
                modes.shownAs("&modes"));
        b.load(4, frame.scratch4, modes, CallersModes.LFLAG);
    }
}
