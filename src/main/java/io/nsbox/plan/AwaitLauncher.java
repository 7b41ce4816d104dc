package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;

/**
 * Lets the sandbox's first process wait until the launcher has written the id maps, where it is the launcher that does, has
 * done what else takes its privilege, and has set the guard.
 *
 * @param always whether the launcher has something to do for every caller
 * @param forMaps whether there are id maps
 * @param forGuard whether there is a guard
 */
record AwaitLauncher(boolean always, boolean forMaps, boolean forGuard) implements Step {
    @Override
    public String title() {
        if (forMaps) {
            return forGuard ? "wait for the id maps and the guard" : "wait for the id maps";
        }
        return forGuard ? "wait for the guard" : "wait for the launcher";
    }

    @Override
    public void inParent(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Label done = b.label("nobody waits");
        if (!always) {
            b.branch(emitter.frame().mayMap, Condition.EQUAL, 0, done);
        }
        emitter.must(Syscall.WRITE, Operand.of(emitter.frame().reportIn), b.text("go"), Operand.number(2));
        b.place(done);
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label done = b.label("nothing to wait for");
        if (!always) {
            b.branch(frame.mayMap, Condition.EQUAL, 0, done);
        }
        Label told = b.label("told to go on");
        emitter.must(
                frame.scratch,
                Syscall.READ,
                Operand.of(frame.reportOut),
                frame.words.shownAs("&go"),
                Operand.number(2));
        // End of file: the launcher is gone, and nobody is left to be told.
        b.branch(frame.scratch, Condition.NOT_EQUAL, 0, told);
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.SETUP));
        b.place(told);
        b.place(done);
    }
}
