package io.nsbox.plan;

import io.nsbox.diag.Span;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Ends what {@link StartStage} began: the preparing process starts the sandbox's first process as the launcher's child
 * (CLONE_PARENT), tells its pid and ends; the launcher opens its pidfd.
 *
 * <p>The pid cannot be another process's by then: it is the launcher's own child, which only the launcher reaps.
 */
record StartFromStage(Set<Namespace> namespaces, Optional<Span> cause) implements Step {
    /** A refusal has 8 bytes, a pid 4. */
    static final int PID_SIZE = 4;

    static final int MOST = 12;
    private static final String WAIT = "wait4(<preparing process>)";

    @Override
    public String title() {
        return start().title();
    }

    private CloneNamespaces start() {
        return new CloneNamespaces(namespaces, true, cause);
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Frame.Stage stage = Objects.requireNonNull(frame.stage);
        Label started = b.label("sandbox is started");
        start().beforeClone(emitter);
        b.branch(frame.pid, Condition.EQUAL, 0, started);
        b.store(4, frame.words, 0, Operand.of(frame.pid));
        tell(b, frame, "pid", PID_SIZE);
        b.attempt(Syscall.EXIT_GROUP, Operand.number(0));
        b.place(stage.failed());
        b.store(4, frame.words, 0, Operand.of(Slot.TAG));
        b.store(4, frame.words, 4, Operand.of(Slot.ERRNO));
        tell(b, frame, "refusal", 8);
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.SETUP));
        b.place(stage.launcher());
        awaitStart(emitter, stage);
        b.place(started);
    }

    private static void tell(ProgramBuilder b, Frame frame, String what, int size) {
        b.attempt(Syscall.WRITE, Operand.of(frame.reportOut), frame.words.shownAs("&" + what), Operand.number(size));
    }

    private static void awaitStart(Emitter emitter, Frame.Stage stage) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot length = frame.scratch;
        emitter.untilUninterrupted(
                "wait again for the preparing process",
                length,
                Syscall.WAIT4,
                Operand.of(stage.pid()),
                frame.siginfo.shownAs("&status"),
                Operand.number(0),
                Operand.NULL);
        Label waited = b.label("preparing process has ended");
        b.branch(length, Condition.AT_LEAST, 0, waited);
        b.compute(Arithmetic.SUBTRACT, frame.scratch2, Operand.number(0), Operand.of(length));
        emitter.fail(WAIT, Hints.NONE, Refusal.SETUP, Operand.of(frame.scratch2));
        b.place(waited);
        b.call(
                length,
                new OnError.Ignore(),
                Syscall.RECVFROM,
                Operand.of(frame.reportIn),
                frame.words.shownAs("&report"),
                Operand.number(MOST),
                Operand.named("MSG_DONTWAIT", Linux.MSG_DONTWAIT),
                Operand.NULL,
                Operand.NULL);
        Label told = b.label("its pid is told");
        Label vanished = b.label("preparing process vanished");
        b.branch(length, Condition.EQUAL, PID_SIZE, told);
        b.branch(length, Condition.NOT_EQUAL, 8, vanished);
        b.load(4, Slot.TAG, frame.words, 0);
        b.load(4, Slot.ERRNO, frame.words, 4);
        b.jump(Slot.HANDLER);
        b.place(vanished);
        emitter.fail(
                WAIT,
                Hints.on(ECHILD, "the process that prepares the namespaces was killed"),
                Refusal.SETUP,
                Operand.named("ECHILD", ECHILD));
        b.place(told);
        b.load(4, frame.pid, frame.words, 0);
        Label opened = b.label("it has a pidfd");
        Slot pidfd = frame.scratch;
        b.call(pidfd, new OnError.Ignore(), Syscall.PIDFD_OPEN, Operand.of(frame.pid), Operand.number(0));
        b.store(4, frame.pidfdCell, 0, Operand.of(pidfd));
        b.branch(pidfd, Condition.AT_LEAST, 0, opened);
        // Without a pidfd nobody could supervise it: it must not run on.
        b.attempt(Syscall.KILL, Operand.of(frame.pid), Operand.named("SIGKILL", Linux.SIGKILL));
        b.compute(Arithmetic.SUBTRACT, frame.scratch2, Operand.number(0), Operand.of(pidfd));
        emitter.fail("pidfd_open(<pid>, 0)", Hints.NONE, Refusal.SETUP, Operand.of(frame.scratch2));
        b.place(opened);
    }

    private static final int ECHILD = 10;
}
