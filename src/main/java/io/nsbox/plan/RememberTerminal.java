package io.nsbox.plan;

import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/**
 * Remembers which process group the caller's terminal listens to, so that it can be given back.
 *
 * <p>A shell with job control inside makes the terminal listen to a group of its own, which is gone when it ends.
 */
final class RememberTerminal implements Step {
    static final int TIOCGPGRP = 0x540F;

    @Override
    public String title() {
        return "remember the terminal's foreground group";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        Frame frame = emitter.frame();
        // Without a terminal on standard input there is nothing to remember.
        emitter.builder()
                .call(
                        frame.terminal,
                        new OnError.Ignore(),
                        Syscall.IOCTL,
                        Operand.number(0),
                        Operand.named("TIOCGPGRP", TIOCGPGRP),
                        frame.foreground.shownAs("&foreground"));
    }
}
