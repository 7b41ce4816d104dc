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
import org.jspecify.annotations.Nullable;

/**
 * What the launcher does while the sandbox runs: waits for its end, passes signals on, and keeps time.
 *
 * <p>One loop around ppoll(2) over the pidfd, the signalfd and the timer; no signal handler, no race between looking and
 * sleeping.
 */
final class Supervise {
    /** Which pollfd is the start of a sandbox in the background. */
    private static final int BACKGROUND = 4;

    private static final int SI_KERNEL = 0x80;
    private static final int TIMED_OUT = 124;
    private static final String BLIND = "nsbox: error: ppoll() failed: sandbox ended\n";

    /* Offsets in struct signalfd_siginfo (signalfd(2)). */
    private static final int SSI_SIGNO = 0;
    private static final int SSI_CODE = 8;
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
    private final Label mirror;
    private final boolean init;
    private final @Nullable Relay relay;
    private final @Nullable OwnTerminal terminal;
    private final Slot report;
    private final Slot polls;

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
        mirror = b.label("stop with the command");
        polls = b.slot("poll set");
        init = spec.session().init();
        terminal = emitter.terminal().orElse(null);
        relay = terminal == null ? null : new Relay(emitter, terminal, signal, polls);
        report = b.slot("watched report");
    }

    /** Emits the loop and what follows it; {@code tell} prints a refusal. */
    void emit(Label tell) {
        Label reap = b.label("reap");
        Label signalled = b.label("a signal came");
        Label ticked = b.label("the timer fired");
        Label blind = b.label("waiting failed");
        b.set(forced, -1);
        b.set(polls, frame.polls);
        b.set(stopping, 0);
        b.set(stoppedByUs, 0);
        Label ended = relay == null ? reap : b.label("the sandbox has ended");
        begin();
        b.place(loop);
        watch(0, frame.pidfd);
        watch(1, frame.signals);
        watch(2, frame.timer);
        if (relay != null || init) {
            watch(3, report);
        }
        if (relay != null) {
            relay.watch();
        }
        if (frame.background != null) {
            watch(BACKGROUND, frame.background.runs());
        }
        b.call(
                frame.scratch,
                new OnError.GoTo(blind),
                Syscall.PPOLL,
                frame.polls.shownAs("[{fd=<pidfd>}, {fd=<signals>}, {fd=<timer>}]"),
                Operand.number(relay != null ? 7 : frame.background != null ? BACKGROUND + 1 : init ? 4 : 3),
                relay == null ? Operand.NULL : Operand.of(relay.tick),
                Operand.NULL,
                Operand.number(0));
        Slot ready = frame.scratch;
        b.load(2, ready, Operand.of(polls), 6);
        b.branch(ready, Condition.NOT_EQUAL, 0, ended);
        b.load(2, ready, Operand.of(polls), 14);
        b.branch(ready, Condition.NOT_EQUAL, 0, signalled);
        b.load(2, ready, Operand.of(polls), 22);
        b.branch(ready, Condition.NOT_EQUAL, 0, ticked);
        if (relay != null || init) {
            Label told = b.label("the sandbox tells something");
            Label served = b.label("nothing is told");
            b.load(2, ready, Operand.of(polls), 30);
            b.branch(ready, Condition.EQUAL, 0, served);
            b.place(told);
            listen();
            b.place(served);
        }
        if (frame.background != null) {
            handleStart(frame.background);
        }
        Label consider = b.label("does it have its effect");
        if (relay != null) {
            relay.serve(loop, consider, !init);
        } else {
            b.jump(loop);
        }

        b.place(blind);
        b.branch(frame.scratch, Condition.EQUAL, -Linux.EINTR, loop);
        // Without ppoll(2) nothing could be forwarded and no limit kept: the sandbox ends.
        restoreModes();
        complain(BLIND);
        b.set(forced, Refusal.SETUP);
        KillSandbox.emit(b, frame);
        b.jump(reap);
        b.place(signalled);
        handleSignal(consider);
        b.place(ticked);
        handleTimer();
        b.place(stop);
        stopSandbox();
        b.place(kill);
        KillSandbox.emit(b, frame);
        b.jump(loop);
        if (relay != null) {
            b.place(ended);
            relay.drain(reap);
        }
        b.place(reap);
        restoreModes();
        new ReapSandbox(emitter).emit(forced, tell);
    }

    /** The sandbox's first process has become the command, unless it has left a refusal behind. */
    private void handleStart(Frame.Background background) {
        Slot ready = frame.scratch;
        b.load(2, ready, frame.polls, 8 * BACKGROUND + 6);
        b.branch(ready, Condition.EQUAL, 0, loop);
        b.attempt(Syscall.CLOSE, Operand.of(background.runs()));
        b.set(background.runs(), -1);
        receive(ready, "MSG_PEEK|MSG_DONTWAIT", Linux.MSG_PEEK | Linux.MSG_DONTWAIT);
        b.branch(ready, Condition.EQUAL, 8, loop);
        DetachLauncher.tellStart(emitter);
        b.jump(loop);
    }

    /** Before the loop: what else than the usual three is watched. */
    private void begin() {
        if (frame.background != null && !init) {
            // Between the usual three and the start nothing is watched.
            b.store(4, frame.polls, 24, Operand.number(-1));
        }
        if (relay == null && !init) {
            return;
        }
        b.store(4, Operand.of(polls), 28, Operand.named("POLLIN", Linux.POLLIN));
        b.set(report, init ? Operand.of(frame.reportIn) : Operand.number(-1));
        if (relay == null || terminal == null) {
            return;
        }
        relay.watchNothing();
        relay.begin();
        Label shared = b.label("the terminal is the caller's");
        b.branch(terminal.own, Condition.EQUAL, 0, shared);
        if (!terminal.isOfHost()) {
            b.set(report, Operand.of(frame.reportIn));
        }
        relay.callers.lookForForeground();
        b.place(shared);
    }

    /** Looks what the sandbox says: here is the terminal (1 byte), the command has stopped (4), or a step was refused (8). */
    private void listen() {
        Slot length = frame.scratch;
        Label other = b.label("it is something else");
        receive(length, "MSG_DONTWAIT|MSG_PEEK", Linux.MSG_DONTWAIT | Linux.MSG_PEEK);
        if (relay != null && terminal != null && !terminal.isOfHost()) {
            b.branch(length, Condition.NOT_EQUAL, 1, other);
            terminal.receiveMaster(length);
            if (!init) {
                b.set(report, -1);
            }
            relay.callers.lookForForeground();
            b.jump(loop);
        }
        b.place(other);
        Label refused = b.label("a refusal, which waits");
        b.branch(length, Condition.NOT_EQUAL, StartInit.STOP_SIZE, refused);
        receive(length, "MSG_DONTWAIT", Linux.MSG_DONTWAIT);
        b.jump(mirror);
        b.place(refused);
        b.set(report, -1);
        b.jump(loop);
    }

    private void receive(Slot length, String name, int flags) {
        b.call(
                length,
                new OnError.Ignore(),
                Syscall.RECVFROM,
                Operand.of(frame.reportIn),
                frame.words.shownAs("&report"),
                Operand.number(8),
                Operand.named(name, flags),
                Operand.NULL,
                Operand.NULL);
    }

    private void restoreModes() {
        if (relay != null && terminal != null) {
            terminal.modes.restoreModes(relay.callers.raw);
        }
    }

    private void complain(String message) {
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(message), Operand.number(message.length()));
    }

    private void watch(int index, Slot fd) {
        b.store(4, Operand.of(polls), 8 * index, Operand.of(fd));
        b.store(4, Operand.of(polls), 8 * index + 4, Operand.named("POLLIN", Linux.POLLIN));
    }

    private void send(int number, String name) {
        b.attempt(
                Syscall.PIDFD_SEND_SIGNAL,
                Operand.of(frame.pidfd),
                Operand.named(name, number),
                Operand.NULL,
                Operand.number(0));
    }

    private void handleSignal(Label consider) {
        Label childChanged = b.label("the child changed its state");
        Label forward = b.label("pass the signal on");
        b.call(
                frame.scratch,
                new OnError.GoTo(loop),
                Syscall.READ,
                Operand.of(frame.signals),
                frame.siginfo.shownAs("&signal"),
                Operand.number(SIGINFO_SIZE));
        b.load(4, signal, frame.siginfo, SSI_SIGNO);
        if (relay != null) {
            relay.callers.heed(loop, childChanged, stop, forward);
        }
        b.branch(signal, Condition.EQUAL, Linux.SIGCHLD, childChanged);
        b.branch(signal, Condition.EQUAL, Linux.SIGTERM, stop);
        Slot code = frame.scratch;
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
        boolean isInit = spec.makes(Namespace.PID) && !init;
        if (!isInit && terminal != null && !init) {
            b.branch(terminal.own, Condition.EQUAL, 0, loop);
        }
        // The leader of a session does not get the terminal's stop signals either: nobody could continue it.
        if (isInit || terminal != null && !init) {
            new ActForInit(emitter, signal, forced, stoppedByUs).emit(loop, kill);
        } else {
            b.jump(loop);
        }
        b.place(childChanged);
        mirrorStop();
    }

    /** When the command was stopped from the terminal, the launcher stops too, so that the caller's shell sees it. */
    private void mirrorStop() {
        b.store(4, frame.siginfo, Linux.SI_PID, Operand.number(0));
        b.call(
                Slot.NOWHERE,
                new OnError.GoTo(loop),
                Syscall.WAITID,
                Operand.named("P_PIDFD", Linux.P_PIDFD),
                Operand.of(frame.pidfd),
                frame.siginfo.shownAs("&info"),
                Operand.named("WSTOPPED|WNOHANG", Linux.WSTOPPED | Linux.WNOHANG),
                Operand.NULL);
        b.load(4, frame.scratch, frame.siginfo, Linux.SI_PID);
        b.branch(frame.scratch, Condition.EQUAL, 0, loop);
        b.load(4, frame.scratch, frame.siginfo, Linux.SI_CODE);
        b.branch(frame.scratch, Condition.NOT_EQUAL, Linux.CLD_STOPPED, loop);
        b.load(4, frame.scratch, frame.siginfo, Linux.SI_STATUS);
        b.branch(stoppedByUs, Condition.NOT_EQUAL, 0, mirror);
        // A SIGSTOP from elsewhere is meant for that process alone.
        b.branch(frame.scratch, Condition.EQUAL, Linux.SIGSTOP, loop);
        b.place(mirror);
        b.set(stoppedByUs, 0);
        restoreModes();
        b.call(frame.scratch, new OnError.Ignore(), Syscall.GETPID);
        b.attempt(Syscall.KILL, Operand.of(frame.scratch), Operand.named("SIGSTOP", Linux.SIGSTOP));
        if (relay != null && terminal != null) {
            Label shared = b.label("no terminal to take again");
            b.branch(terminal.own, Condition.EQUAL, 0, shared);
            relay.callers.lookForForeground();
            b.place(shared);
        }
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
                Durations.MONOTONIC,
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

    /** The bit arithmetic that {@link ActForInit} shares. */
    static void bit(ProgramBuilder b, Slot into, Slot number) {
        b.set(into, 1);
        b.compute(Arithmetic.SHIFT_LEFT, into, Operand.of(into), Operand.of(number));
    }
}
