package io.nsbox.plan;

import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/**
 * Keeps others from tracing the sandbox's first process and from reading its open files until it is the command.
 *
 * <p>Only now: /proc files of an undumpable process belong to root, so the id maps could not have been written.
 */
final class MakeUndumpable implements Step {
    private static final int PR_SET_DUMPABLE = 4;

    @Override
    public String title() {
        return "become undumpable";
    }

    @Override
    public void inChild(Emitter emitter) {
        emit(emitter);
    }

    /** Emits the call. */
    static void emit(Emitter emitter) {
        emitter.must(Syscall.PRCTL, Operand.named("PR_SET_DUMPABLE", PR_SET_DUMPABLE), Operand.number(0));
    }
}
