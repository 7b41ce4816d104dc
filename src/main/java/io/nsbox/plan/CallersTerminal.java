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
 * Follows the caller's terminal while the sandbox has one of its own: when this job is in the foreground it is taken over, and
 * its size is passed on. {@link Relay} carries what is typed and shown.
 */
final class CallersTerminal {
    /** A terminal has another size (signal(7)). */
    static final int SIGWINCH = 28;

    private final ProgramBuilder b;
    private final Frame frame;
    private final OwnTerminal terminal;
    private final Slot signal;

    /** Whether the caller's terminal is in raw mode by now. */
    final Slot raw;

    /** Room for the number of a process group. */
    final Operand.Address group;

    CallersTerminal(ProgramBuilder builder, Frame frame, OwnTerminal terminal, Slot signal) {
        this.b = builder;
        this.frame = frame;
        this.terminal = terminal;
        this.signal = signal;
        raw = b.slot("raw");
        group = b.buffer("group", 8);
    }

    /** Takes the caller's terminal over where this job is in the foreground, and the size that it has by now. */
    void lookForForeground() {
        Label done = b.label("not this job's terminal now");
        Slot own = frame.scratch;
        b.branch(terminal.inIsTerminal, Condition.EQUAL, 0, done);
        b.branch(terminal.master, Condition.LESS, 0, done);
        b.call(
                own,
                new OnError.Ignore(),
                Syscall.IOCTL,
                Operand.number(0),
                Operand.named("TIOCGPGRP", RememberTerminal.TIOCGPGRP),
                group.shownAs("&group"));
        terminal.branchIfElsewhere(own, group, done);
        terminal.modes.goRaw();
        b.set(raw, 1);
        resize();
        b.place(done);
    }

    /** Gives the sandbox's terminal the size of the caller's. */
    private void resize() {
        terminal.askSize();
        b.attempt(
                Syscall.IOCTL,
                Operand.of(terminal.master),
                Operand.named("TIOCSWINSZ", OwnTerminal.TIOCSWINSZ),
                terminal.size.shownAs("&size"));
    }

    /**
     * When a signal has come: a new size is passed on, and a job that goes on takes its terminal again. All others are not the
     * terminal's any more, and go to the command.
     */
    void heed(Label loop, Label childChanged, Label stop, Label forward) {
        Label others = b.label("not about the terminal");
        Label shared = b.label("no terminal of its own");
        Label same = b.label("size stays");
        b.branch(terminal.own, Condition.EQUAL, 0, shared);
        b.branch(signal, Condition.NOT_EQUAL, SIGWINCH, same);
        b.branch(terminal.master, Condition.LESS, 0, loop);
        resize();
        b.jump(loop);
        b.place(same);
        b.branch(signal, Condition.NOT_EQUAL, Linux.SIGCONT, others);
        lookForForeground();
        b.place(others);
        b.branch(signal, Condition.EQUAL, Linux.SIGCHLD, childChanged);
        b.branch(signal, Condition.EQUAL, Linux.SIGTERM, stop);
        b.jump(forward);
        b.place(shared);
    }
}
