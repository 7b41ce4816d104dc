package io.nsbox.plan;

import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/**
 * Keeps others from tracing the sandbox's first process and from reading its open files until it is the command.
 *
 * <p>Only now: /proc files of an undumpable process belong to root, so the id maps could not have been written.
 *
 * @param prepares whether it is the process that prepares the namespaces: those of a user or pid namespace that it joins
 *     have rights over it, or see it, as soon as it is in there, and it still has the caller's
 */
record MakeUndumpable(boolean prepares) implements Step {
    private static final int PR_SET_DUMPABLE = 4;

    @Override
    public String title() {
        return prepares ? "become undumpable before anybody inside sees this process" : "become undumpable";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        if (prepares) {
            emit(emitter);
        }
    }

    @Override
    public void inChild(Emitter emitter) {
        if (!prepares) {
            emit(emitter);
        }
    }

    /** Emits the call. */
    static void emit(Emitter emitter) {
        emitter.must(Syscall.PRCTL, Operand.named("PR_SET_DUMPABLE", PR_SET_DUMPABLE), Operand.number(0));
    }
}
