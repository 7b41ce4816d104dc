package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.util.Optional;

/** Keeps set-user-id bits and file capabilities from giving rights (PR_SET_NO_NEW_PRIVS). */
record SetNoNewPrivileges(Optional<Span> cause) implements Step {
    private static final int PR_SET_NO_NEW_PRIVS = 38;

    @Override
    public String title() {
        return "set no_new_privs";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Syscall.PRCTL,
                Operand.named("PR_SET_NO_NEW_PRIVS", PR_SET_NO_NEW_PRIVS),
                Operand.number(1),
                Operand.number(0),
                Operand.number(0),
                Operand.number(0));
    }
}
