package io.nsbox.plan;

import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/** Goes on only where standard input and output are terminals (ioctl_tty(2)): the caller insists on one. */
record RequireTerminal() implements Step {
    @Override
    public String title() {
        return "require a terminal";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        for (int stream = 0; stream < 2; stream++) {
            emitter.must(
                    Hints.on(
                            Linux.ENOTTY,
                            (stream == 0 ? "standard input" : "standard output")
                                    + " is no terminal, and -t wants one: leave it out"),
                    Syscall.IOCTL,
                    Operand.number(stream),
                    Operand.named("TCGETS", OwnTerminal.TCGETS),
                    emitter.frame().words.shownAs("&modes"));
        }
    }
}
