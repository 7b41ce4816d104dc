package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Sets the scheduling priority (setpriority(2)).
 *
 * <p>The launcher does it while the sandbox's first process waits: the kernel asks for the caller's privilege, which ends
 * at a new user namespace.
 */
record SetNice(int nice, Optional<Span> cause) implements Step {
    private static final String HELP =
            "only root, or a caller with such a limit RLIMIT_NICE, may go below its own nice value";

    @Override
    public String title() {
        return "set the nice value to " + nice;
    }

    @Override
    public void inParent(Emitter emitter) {
        emitter.must(
                Hints.on(Linux.EPERM, HELP).and(Linux.EACCES, HELP),
                Syscall.SETPRIORITY,
                Operand.named("PRIO_PROCESS", 0),
                Operand.of(emitter.frame().pid),
                Operand.number(nice));
    }
}
