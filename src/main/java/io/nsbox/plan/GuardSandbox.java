package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/**
 * Sets a guard beside the launcher: a process that waits for the launcher's end and then ends the sandbox.
 *
 * <p>PR_SET_PDEATHSIG alone is no tie: the kernel forgets it when PID 1 changes its ids or executes a set-user-ID file, and
 * PID 1 may clear it itself (prctl(2)). The guard stands outside, in a process group of its own so that no signal
 * to the launcher's reaches it, and sees the launcher's end as the hang-up of the report channel. The launcher tells the
 * sandbox to go on only when the guard exists and is out of the group; so there is no command without a guard.
 */
final class GuardSandbox implements Step {
    private static final int P_PID = 1;

    @Override
    public String title() {
        return "guard the sandbox";
    }

    @Override
    public void inParent(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label watched = b.label("guard stands");
        Slot made = frame.scratch.as("guard");
        emitter.fork(made);
        // Not before it is known to be a pid: a refusal's errno would be sent signals, and to kill(2) -1 is everybody.
        b.set(frame.guard, Operand.of(made));
        b.branch(frame.guard, Condition.NOT_EQUAL, 0, watched);
        emitter.section(Phase.GUARD);
        guard(emitter);
        b.place(watched);
        emitter.section(Phase.PARENT);
        // Only a signal to the whole group could tell the difference, so a refusal changes nothing.
        b.attempt(Syscall.SETPGID, Operand.of(frame.guard), Operand.number(0));
    }

    private static void guard(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label failed = b.label("guard failed");
        Label end = b.label("launcher has ended");
        b.onFailure(failed);
        if (frame.background != null) {
            DetachLauncher.letGo(emitter);
        }
        emitter.terminal().ifPresent(OwnTerminal::leave);
        // Whatever close(2) answers, the descriptor is gone.
        b.attempt(Syscall.CLOSE, Operand.of(frame.reportIn));
        b.store(4, frame.polls, 0, Operand.of(frame.reportOut));
        b.store(4, frame.polls, 4, Operand.number(0));
        b.store(4, frame.polls, 8, Operand.of(frame.pidfd));
        b.store(4, frame.polls, 12, Operand.named("POLLIN", Linux.POLLIN));
        Slot ready = frame.scratch;
        Label wait = b.label("guard waits");
        Label refused = b.label("guard cannot wait");
        b.section(Lowering.SUPERVISION, 0);
        b.place(wait);
        String shown = "[{fd=<report of the sandbox>}, {fd=<pidfd>}]";
        b.call(
                ready,
                new OnError.GoTo(refused),
                Syscall.PPOLL,
                frame.polls.shownAs(shown),
                Operand.number(2),
                Operand.NULL,
                Operand.NULL,
                Operand.number(0));
        Label leave = b.label("guard leaves");
        b.load(2, ready, frame.polls, 14);
        Label gone = b.label("nothing is left to kill");
        if (emitter.endsWithMore()) {
            Label hangUp = b.label("launcher hung up");
            b.branch(ready, Condition.EQUAL, 0, hangUp);
            // The launcher has still to do, and may still be killed. The pid may be another process's from here on.
            b.store(4, frame.polls, 8, Operand.number(-1));
            b.jump(wait);
            b.place(hangUp);
            b.load(4, ready, frame.polls, 8);
            b.branch(ready, Condition.EQUAL, Operand.named("-1", 0xffff_ffffL), gone);
        } else {
            b.branch(ready, Condition.NOT_EQUAL, 0, leave);
        }
        b.place(end);
        KillSandbox.emit(b, frame);
        b.place(gone);
        if (emitter.endsWithMore()) {
            emitter.end().inGuard();
        }
        if (emitter.usesGroups()) {
            emitter.groups().removal().call();
        }
        b.place(leave);
        // Where the launcher lives, nothing is changed that it would not change back.
        emitter.terminal().ifPresent(terminal -> terminal.modes.rescueAfter(frame.polls));
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.SETUP));
        b.place(refused);
        b.branch(ready, Condition.EQUAL, -Linux.EINTR, wait);
        b.compute(Arithmetic.SUBTRACT, ready, Operand.number(0), Operand.of(ready));
        emitter.fail("ppoll(" + shown + ", 2, NULL, NULL, 0)", Hints.NONE, Refusal.SETUP, Operand.of(ready));
        b.place(failed);
        Lowering.sendRefusal(b, frame);
        if (emitter.endsWithMore()) {
            emitter.end().leaveReport();
        }
        b.jump(end);
    }

    /** {@link #dismiss}, unless the launcher has more to do for which somebody must stand in. */
    static void dismissUnlessMore(Emitter emitter) {
        if (!emitter.endsWithMore()) {
            dismiss(emitter);
        }
    }

    /**
     * Ends the guard when nothing is left to guard, and waits for it, so that nothing outlives the launcher.
     *
     * <p>The guard sees the sandbox's end by itself, at the same moment as the launcher; so it is mostly gone by now. Where more
     * is to be done then, it waits for that too.
     */
    static void dismiss(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label none = b.label("no guard is left");
        b.branch(frame.guard, Condition.LESS, 1, none);
        b.call(
                Slot.NOWHERE,
                new OnError.GoTo(none),
                Syscall.KILL,
                Operand.of(frame.guard),
                Operand.named("SIGKILL", Linux.SIGKILL));
        emitter.untilUninterrupted(
                "wait again for the guard",
                frame.scratch,
                Syscall.WAITID,
                Operand.named("P_PID", P_PID),
                Operand.of(frame.guard),
                Operand.NULL,
                Operand.named("WEXITED", Linux.WEXITED),
                Operand.NULL);
        b.place(none);
    }
}
