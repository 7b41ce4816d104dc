package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/**
 * The end of supervision: takes the status of the sandbox's first process, gives the terminal back, has the report and the
 * groups done with ({@link EndRun}), and ends the launcher.
 */
final class ReapSandbox {
    private static final String LOST = "nsbox: error: waitid() failed: status lost\n";

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;

    ReapSandbox(Emitter emitter) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
    }

    /**
     * Emits it.
     *
     * @param forced the exit status that the launcher gives instead of the command's, or a negative number
     * @param tell where a refusal is told that was taken
     */
    void emit(Slot forced, Label tell) {
        Slot result = frame.scratch;
        emitter.untilUninterrupted(
                "wait again",
                result,
                Syscall.WAITID,
                Operand.named("P_PIDFD", Linux.P_PIDFD),
                Operand.of(frame.pidfd),
                frame.siginfo.shownAs("&info"),
                Operand.named("WEXITED", Linux.WEXITED),
                emitter.endsWithMore() ? emitter.end().usage() : Operand.NULL);
        Label reaped = b.label("reaped");
        b.branch(result, Condition.AT_LEAST, 0, reaped);
        KillSandbox.emit(b, frame);
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(LOST), Operand.number(LOST.length()));
        GuardSandbox.dismissUnlessMore(emitter);
        if (emitter.endsWithMore()) {
            emitter.end().afterLoss();
            GuardSandbox.dismiss(emitter);
        }
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.SETUP));
        b.place(reaped);
        if (emitter.endsWithMore()) {
            emitter.end().usageIsKnown();
        }
        restoreTerminal();
        GuardSandbox.dismissUnlessMore(emitter);
        Label ran = b.label("the command ran");
        takeReport(b, frame, ran);
        b.jump(tell);
        b.place(ran);
        Slot status = frame.scratch2;
        Label exited = b.label("it exited");
        Label done = b.label("the status is known");
        b.load(4, result, frame.siginfo, Linux.SI_CODE);
        b.load(4, status, frame.siginfo, Linux.SI_STATUS);
        b.branch(result, Condition.EQUAL, Linux.CLD_EXITED, exited);
        b.add(status, 128);
        b.place(exited);
        b.branch(forced, Condition.LESS, 0, done);
        b.set(status, Operand.of(forced));
        b.place(done);
        if (emitter.endsWithMore()) {
            emitter.end().afterRun(forced, status);
            GuardSandbox.dismiss(emitter);
        }
        RegisterSandbox.recordEnd(emitter, status, frame.scratch);
        if (frame.background != null) {
            DetachLauncher.tellStart(emitter);
        } else {
            emitter.progress().ifPresent(progress -> progress.tellEnd(status));
        }
        b.attempt(Syscall.EXIT_GROUP, Operand.of(status));
    }

    /** Takes the refusal that the sandbox's first process reported before it ended; goes on at the label if it did not. */
    static void takeReport(ProgramBuilder b, Frame frame, Label none) {
        Slot length = frame.scratch;
        Label next = b.label("next report");
        b.place(next);
        b.call(
                length,
                new OnError.Ignore(),
                Syscall.RECVFROM,
                Operand.of(frame.reportIn),
                frame.words.shownAs("&report"),
                Operand.number(8),
                Operand.named("MSG_DONTWAIT", Linux.MSG_DONTWAIT),
                Operand.NULL,
                Operand.NULL);
        b.branch(length, Condition.LESS, 1, none);
        if (frame.commandSignal != null) {
            Label other = b.label("no word about a signal");
            b.branch(length, Condition.NOT_EQUAL, StartInit.SIGNAL_SIZE, other);
            b.load(2, frame.commandSignal, frame.words, 0);
            b.place(other);
        }
        // What was said before about a terminal or a stop.
        b.branch(length, Condition.NOT_EQUAL, 8, next);
        b.load(4, Slot.TAG, frame.words, 0);
        b.load(4, Slot.ERRNO, frame.words, 4);
    }

    /** A shell with job control inside leaves the terminal to its own process group, which is gone now. */
    private void restoreTerminal() {
        Label done = b.label("terminal is the caller's");
        Slot own = frame.scratch;
        Slot then = frame.scratch2;
        b.branch(frame.terminal, Condition.NOT_EQUAL, 0, done);
        b.call(own, new OnError.Ignore(), Syscall.GETPGID, Operand.number(0));
        b.load(4, then, frame.foreground, 0);
        b.branch(own, Condition.NOT_EQUAL, Operand.of(then), done);
        b.attempt(
                Syscall.IOCTL,
                Operand.number(0),
                Operand.named("TIOCSPGRP", Linux.TIOCSPGRP),
                frame.foreground.shownAs("&foreground"));
        b.place(done);
    }
}
