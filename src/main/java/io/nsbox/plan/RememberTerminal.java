package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Tty;
import io.nsbox.spec.User;
import java.util.Optional;

/**
 * Remembers which process group the caller's terminal listens to, so that it can be given back, and opens a terminal of the
 * sandbox's own where one is wanted.
 *
 * <p>A shell with job control inside makes the terminal listen to a group of its own, which is gone when it ends.
 *
 * @param tty whether a terminal of its own is wanted
 * @param ofHost whether that is one of the caller's devpts; else a later step opens it in the sandbox's
 * @param user who owns it, if it can be said before the sandbox exists
 */
record RememberTerminal(Tty tty, boolean ofHost, Optional<User> user, Optional<Span> cause) implements Step {
    static final int TIOCGPGRP = 0x540F;

    @Override
    public String title() {
        return switch (tty) {
            case FALSE -> "remember the terminal's foreground group";
            case AUTO -> "own terminal, if at one";
            case TRUE -> "own terminal";
        };
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        // Without a terminal on standard input there is nothing to remember.
        b.call(
                frame.terminal,
                new OnError.Ignore(),
                Syscall.IOCTL,
                Operand.number(0),
                Operand.named("TIOCGPGRP", TIOCGPGRP),
                frame.foreground.shownAs("&foreground"));
        if (tty == Tty.FALSE) {
            return;
        }
        OwnTerminal terminal = emitter.openTerminal(tty, ofHost);
        Label none = b.label("the streams are the caller's");
        terminal.decide(none);
        if (ofHost) {
            terminal.openOfHost();
            terminal.giveTo(user);
        }
        b.place(none);
    }

    @Override
    public void inParent(Emitter emitter) {
        emitter.terminal().ifPresent(OwnTerminal::keepOwnSide);
    }

    @Override
    public void inChild(Emitter emitter) {
        if (tty == Tty.FALSE || !ofHost) {
            return;
        }
        ProgramBuilder b = emitter.builder();
        OwnTerminal terminal = emitter.terminal().orElseThrow();
        Label none = b.label("no terminal to take");
        b.branch(terminal.own, Condition.EQUAL, 0, none);
        terminal.take();
        b.place(none);
    }
}
