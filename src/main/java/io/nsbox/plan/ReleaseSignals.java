package io.nsbox.plan;

import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/** Unblocks every signal, now that nothing is left to set up. */
final class ReleaseSignals implements Step {
    private static final int SIG_SETMASK = 2;
    private static final int SIGSET_SIZE = 8;

    @Override
    public String title() {
        return "unblock signals";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Syscall.RT_SIGPROCMASK,
                Operand.named("SIG_SETMASK", SIG_SETMASK),
                emitter.builder().struct("[]", new byte[SIGSET_SIZE]),
                Operand.NULL,
                Operand.number(SIGSET_SIZE));
    }
}
