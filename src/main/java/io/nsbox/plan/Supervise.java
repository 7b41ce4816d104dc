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
import io.nsbox.spec.Namespace;
import io.nsbox.spec.SandboxSpec;

/**
 * What the launcher does while the sandbox runs: waits for its end, passes signals on, and keeps time.
 *
 * <p>One loop around ppoll(2) over the pidfd, the signalfd and the timer; no signal handler, no race between looking and
 * sleeping.
 */
final class Supervise {
    private static final int POLLIN = 1;
    private static final int P_PIDFD = 3;
    private static final int WSTOPPED = 2;
    private static final int WEXITED = 4;
    private static final int WNOHANG = 1;
    private static final int CLD_EXITED = 1;
    private static final int CLD_STOPPED = 5;
    private static final int SI_KERNEL = 0x80;
    private static final int TIOCSPGRP = 0x5410;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_PEEK = 2;
    private static final int TIMED_OUT = 124;
    private static final String BLIND = "nsbox: error: ppoll() failed, so the sandbox was ended\n";
    private static final String LOST = "nsbox: error: waitid() failed, so the command's status is lost\n";

    /* Offsets in struct signalfd_siginfo (signalfd(2)) and in siginfo_t on 64-bit machines (sigaction(2)). */
    private static final int SSI_SIGNO = 0;
    private static final int SSI_CODE = 8;
    private static final int SI_CODE = 8;
    private static final int SI_PID = 16;
    private static final int SI_STATUS = 24;
    private static final int SIGINFO_SIZE = 128;

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final SandboxSpec spec;
    private final Slot forced;
    private final Slot stopping;
    private final Slot stoppedByUs;
    private final Slot signal;
    private final Label loop;
    private final Label stop;
    private final Label kill;

    Supervise(Emitter emitter, SandboxSpec spec) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.spec = spec;
        forced = b.slot("forced status");
        stopping = b.slot("stopping");
        stoppedByUs = b.slot("stopped by the launcher");
        signal = b.slot("signal");
        loop = b.label("wait");
        stop = b.label("stop the sandbox");
        kill = b.label("kill the sandbox");
    }

    /** Emits the loop and what follows it; {@code tell} prints a refusal. */
    void emit(Label tell) {
        Label reap = b.label("reap");
        Label signalled = b.label("a signal came");
        Label ticked = b.label("the timer fired");
        Label blind = b.label("waiting failed");
        b.set(forced, -1);
        b.set(stopping, 0);
        b.set(stoppedByUs, 0);
        b.place(loop);
        watch(0, frame.pidfd);
        watch(1, frame.signals);
        watch(2, frame.timer);
        if (frame.background != null) {
            watch(3, frame.background.runs());
        }
        String start = frame.background == null ? "" : ", {fd=<sandbox runs>}";
        b.call(
                frame.scratch,
                new OnError.GoTo(blind),
                Syscall.PPOLL,
                frame.polls.shownAs("[{fd=<pidfd>}, {fd=<signals>}, {fd=<timer>}" + start + "]"),
                Operand.number(frame.background == null ? 3 : 4),
                Operand.NULL,
                Operand.NULL,
                Operand.number(0));
        Slot ready = frame.scratch;
        b.load(2, ready, frame.polls, 6);
        b.branch(ready, Condition.NOT_EQUAL, 0, reap);
        b.load(2, ready, frame.polls, 14);
        b.branch(ready, Condition.NOT_EQUAL, 0, signalled);
        b.load(2, ready, frame.polls, 22);
        b.branch(ready, Condition.NOT_EQUAL, 0, ticked);
        if (frame.background != null) {
            handleStart(frame.background);
        }
        b.jump(loop);

        b.place(blind);
        b.branch(frame.scratch, Condition.EQUAL, -Linux.EINTR, loop);
        // Without ppoll(2) nothing could be forwarded and no limit kept: the sandbox ends.
        complain(BLIND);
        b.set(forced, Refusal.SETUP);
        KillSandbox.emit(b, frame);
        b.jump(reap);
        b.place(signalled);
        handleSignal();
        b.place(ticked);
        handleTimer();
        b.place(stop);
        stopSandbox();
        b.place(kill);
        KillSandbox.emit(b, frame);
        b.jump(loop);
        b.place(reap);
        reap(tell);
    }

    /** The sandbox's first process has become the command, unless it has left a refusal behind. */
    private void handleStart(Frame.Background background) {
        Slot ready = frame.scratch;
        b.load(2, ready, frame.polls, 30);
        b.branch(ready, Condition.EQUAL, 0, loop);
        b.attempt(Syscall.CLOSE, Operand.of(background.runs()));
        b.set(background.runs(), -1);
        b.call(
                ready,
                new OnError.Ignore(),
                Syscall.RECVFROM,
                Operand.of(frame.reportIn),
                frame.words.shownAs("&report"),
                Operand.number(8),
                Operand.named("MSG_PEEK|MSG_DONTWAIT", MSG_PEEK | MSG_DONTWAIT),
                Operand.NULL,
                Operand.NULL);
        b.branch(ready, Condition.EQUAL, 8, loop);
        DetachLauncher.tellStart(emitter);
    }

    private void complain(String message) {
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(message), Operand.number(message.length()));
    }

    private void watch(int index, Slot fd) {
        b.store(4, frame.polls, 8 * index, Operand.of(fd));
        b.store(4, frame.polls, 8 * index + 4, Operand.named("POLLIN", POLLIN));
    }

    private void send(int number, String name) {
        b.attempt(
                Syscall.PIDFD_SEND_SIGNAL,
                Operand.of(frame.pidfd),
                Operand.named(name, number),
                Operand.NULL,
                Operand.number(0));
    }

    private void handleSignal() {
        Label childChanged = b.label("the child changed its state");
        Label consider = b.label("does it have its effect");
        b.call(
                frame.scratch,
                new OnError.GoTo(loop),
                Syscall.READ,
                Operand.of(frame.signals),
                frame.siginfo.shownAs("&signal"),
                Operand.number(SIGINFO_SIZE));
        b.load(4, signal, frame.siginfo, SSI_SIGNO);
        b.branch(signal, Condition.EQUAL, Linux.SIGCHLD, childChanged);
        b.branch(signal, Condition.EQUAL, Linux.SIGTERM, stop);
        Slot code = frame.scratch;
        Label forward = b.label("pass the signal on");
        // A terminal that hangs up tells the session's leader alone, which the launcher may be.
        b.branch(signal, Condition.EQUAL, Linux.SIGHUP, forward);
        b.load(4, code, frame.siginfo, SSI_CODE);
        // What the kernel sent to the whole foreground group has reached the command already.
        b.branch(code, Condition.EQUAL, SI_KERNEL, consider);
        b.place(forward);
        b.attempt(
                Syscall.PIDFD_SEND_SIGNAL,
                Operand.of(frame.pidfd),
                Operand.of(signal),
                Operand.NULL,
                Operand.number(0));
        b.place(consider);
        if (spec.makes(Namespace.PID)) {
            new ActForInit(emitter, signal, forced, stoppedByUs).emit(loop, kill);
        } else {
            b.jump(loop);
        }
        b.place(childChanged);
        mirrorStop();
    }

    /** When the command was stopped from the terminal, the launcher stops too, so that the caller's shell sees it. */
    private void mirrorStop() {
        Label mirror = b.label("stop with the command");
        b.store(4, frame.siginfo, SI_PID, Operand.number(0));
        b.call(
                Slot.NOWHERE,
                new OnError.GoTo(loop),
                Syscall.WAITID,
                Operand.named("P_PIDFD", P_PIDFD),
                Operand.of(frame.pidfd),
                frame.siginfo.shownAs("&info"),
                Operand.named("WSTOPPED|WNOHANG", WSTOPPED | WNOHANG),
                Operand.NULL);
        b.load(4, frame.scratch, frame.siginfo, SI_PID);
        b.branch(frame.scratch, Condition.EQUAL, 0, loop);
        b.load(4, frame.scratch, frame.siginfo, SI_CODE);
        b.branch(frame.scratch, Condition.NOT_EQUAL, CLD_STOPPED, loop);
        b.load(4, frame.scratch, frame.siginfo, SI_STATUS);
        b.branch(stoppedByUs, Condition.NOT_EQUAL, 0, mirror);
        // A SIGSTOP from elsewhere is meant for that process alone.
        b.branch(frame.scratch, Condition.EQUAL, Linux.SIGSTOP, loop);
        b.place(mirror);
        b.set(stoppedByUs, 0);
        b.call(frame.scratch, new OnError.Ignore(), Syscall.GETPID);
        b.attempt(Syscall.KILL, Operand.of(frame.scratch), Operand.named("SIGSTOP", Linux.SIGSTOP));
        send(Linux.SIGCONT, "SIGCONT");
        b.jump(loop);
    }

    private void handleTimer() {
        b.attempt(Syscall.READ, Operand.of(frame.timer), frame.words.shownAs("&ticks"), Operand.number(8));
        b.branch(stopping, Condition.NOT_EQUAL, 0, kill);
        b.set(forced, TIMED_OUT);
    }

    /** Asks the command to end, once more with every SIGTERM; the first time starts the grace period. */
    private void stopSandbox() {
        b.attempt(
                Syscall.PIDFD_SEND_SIGNAL,
                Operand.of(frame.pidfd),
                Operand.named(spec.stopSignal().name(), spec.stopSignal().number()),
                Operand.NULL,
                Operand.number(0));
        send(Linux.SIGCONT, "SIGCONT");
        b.branch(stopping, Condition.NOT_EQUAL, 0, loop);
        b.set(stopping, 1);
        if (spec.stopGracePeriod().isZero()) {
            return;
        }
        Label running = b.label("a timer exists");
        b.branch(frame.timer, Condition.AT_LEAST, 0, running);
        // Without a timer nobody could end the grace period, so it ends at once.
        b.call(
                frame.timer,
                new OnError.GoTo(kill),
                Syscall.TIMERFD_CREATE,
                Operand.named("CLOCK_MONOTONIC", StartClock.CLOCK_MONOTONIC),
                Operand.named("TFD_CLOEXEC|TFD_NONBLOCK", Linux.O_CLOEXEC | Linux.O_NONBLOCK));
        b.place(running);
        b.call(
                Slot.NOWHERE,
                new OnError.GoTo(kill),
                Syscall.TIMERFD_SETTIME,
                Operand.of(frame.timer),
                Operand.number(0),
                Durations.timer(b, spec.stopGracePeriod()),
                Operand.NULL);
        b.jump(loop);
    }

    private void reap(Label tell) {
        Slot result = frame.scratch;
        emitter.untilUninterrupted(
                "wait again",
                result,
                Syscall.WAITID,
                Operand.named("P_PIDFD", P_PIDFD),
                Operand.of(frame.pidfd),
                frame.siginfo.shownAs("&info"),
                Operand.named("WEXITED", WEXITED),
                emitter.endsWithMore() ? emitter.end().usage() : Operand.NULL);
        Label reaped = b.label("reaped");
        b.branch(result, Condition.AT_LEAST, 0, reaped);
        KillSandbox.emit(b, frame);
        complain(LOST);
        GuardSandbox.dismiss(emitter);
        if (emitter.endsWithMore()) {
            emitter.end().afterLoss();
        }
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.SETUP));
        b.place(reaped);
        if (emitter.endsWithMore()) {
            emitter.end().usageIsKnown();
        }
        restoreTerminal();
        GuardSandbox.dismiss(emitter);
        Label ran = b.label("the command ran");
        takeReport(b, frame, ran);
        b.jump(tell);
        b.place(ran);
        Slot status = frame.scratch2;
        Label exited = b.label("it exited");
        Label done = b.label("the status is known");
        b.load(4, result, frame.siginfo, SI_CODE);
        b.load(4, status, frame.siginfo, SI_STATUS);
        b.branch(result, Condition.EQUAL, CLD_EXITED, exited);
        b.add(status, 128);
        b.place(exited);
        b.branch(forced, Condition.LESS, 0, done);
        b.set(status, Operand.of(forced));
        b.place(done);
        if (emitter.endsWithMore()) {
            emitter.end().afterRun(forced, status);
        }
        RegisterSandbox.recordEnd(emitter, status, frame.scratch);
        if (frame.background != null) {
            DetachLauncher.tellStart(emitter);
        }
        b.attempt(Syscall.EXIT_GROUP, Operand.of(status));
    }

    /** Takes the refusal that the sandbox's first process reported before it ended; goes on at the label if it did not. */
    static void takeReport(ProgramBuilder b, Frame frame, Label none) {
        Slot length = frame.scratch;
        b.call(
                length,
                new OnError.Ignore(),
                Syscall.RECVFROM,
                Operand.of(frame.reportIn),
                frame.words.shownAs("&report"),
                Operand.number(8),
                Operand.named("MSG_DONTWAIT", MSG_DONTWAIT),
                Operand.NULL,
                Operand.NULL);
        b.branch(length, Condition.NOT_EQUAL, 8, none);
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
                Operand.named("TIOCSPGRP", TIOCSPGRP),
                frame.foreground.shownAs("&foreground"));
        b.place(done);
    }

    /** The bit arithmetic that {@link ActForInit} shares. */
    static void bit(ProgramBuilder b, Slot into, Slot number) {
        b.set(into, 1);
        b.compute(Arithmetic.SHIFT_LEFT, into, Operand.of(into), Operand.of(number));
    }
}
