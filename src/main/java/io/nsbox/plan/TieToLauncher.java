package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;

/**
 * Lets the sandbox end when the launcher does (PR_SET_PDEATHSIG), also where the launcher is dead already.
 *
 * <p>The parent's pid cannot tell that: from inside a pid namespace it is always 0. The report channel can, because its
 * other end hangs up.
 */
final class TieToLauncher implements Step {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int POLLHUP = 0x10;

    @Override
    public String title() {
        return "end with the launcher";
    }

    @Override
    public void inChild(Emitter emitter) {
        tie(emitter);
    }

    /** Emits the calls; whoever changes its credentials makes them again, because that unties it. */
    static void tie(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        emitter.must(
                Syscall.PRCTL,
                Operand.named("PR_SET_PDEATHSIG", PR_SET_PDEATHSIG),
                Operand.named("SIGKILL", Linux.SIGKILL));
        b.store(4, frame.polls, 0, Operand.of(frame.reportOut));
        b.store(4, frame.polls, 4, Operand.number(0));
        emitter.must(
                Syscall.PPOLL,
                frame.polls.shownAs("[{fd=<report of the sandbox>}]"),
                Operand.number(1),
                frame.noTime,
                Operand.NULL,
                Operand.number(0));
        Label alive = b.label("launcher lives");
        b.load(2, frame.scratch, frame.polls, 6);
        b.branch(frame.scratch, Condition.NO_BIT, POLLHUP, alive);
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.SETUP));
        b.place(alive);
    }
}
