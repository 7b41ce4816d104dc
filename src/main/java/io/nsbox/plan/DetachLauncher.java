package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.charset.StandardCharsets;

/**
 * Sends the launcher into the background: a process of its own session goes on as the launcher, and the caller's waits until
 * the command runs, or until it is known why not.
 *
 * <p>That the command runs shows on a pipe whose other end only the sandbox's first process holds: execve(2) closes it. The
 * launcher keeps the caller's standard error until then, so that a refused step is told where the caller looks.
 */
record DetachLauncher(String name) implements Step {
    private static final int EXIT_STATUS_SHIFT = 8;

    @Override
    public String title() {
        return "go into the background";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot told = b.slot("told by the launcher");
        Slot tell = b.slot("tells the caller");
        Slot runs = b.slot("sandbox runs");
        Slot nothing = b.slot("null");
        Slot launcher = frame.scratch.as("launcher");
        Label inBackground = b.label("in the background");
        emitter.pipe(told, tell);
        emitter.must(
                nothing,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/dev/null"),
                Operand.named("O_RDWR|O_CLOEXEC", Linux.O_RDWR | Linux.O_CLOEXEC),
                Operand.number(0));
        emitter.fork(launcher);
        b.branch(launcher, Condition.EQUAL, 0, inBackground);
        awaitStart(emitter, launcher, told, tell);
        b.place(inBackground);
        emitter.must(Syscall.SETSID);
        emitter.must(Syscall.CLOSE, Operand.of(told));
        emitter.must(Syscall.DUP3, Operand.of(nothing), Operand.number(0), Operand.number(0));
        Slot starts = b.slot("start of the sandbox");
        emitter.pipe(runs, starts);
        frame.background = new Frame.Background(tell, runs, starts, nothing);
    }

    /** What the caller's process does. */
    private void awaitStart(Emitter emitter, Slot launcher, Slot told, Slot tell) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot result = frame.scratch2;
        Label failed = b.label("the launcher ended first");
        b.attempt(Syscall.CLOSE, Operand.of(tell));
        emitter.untilUninterrupted(
                "wait again for the start",
                result,
                Syscall.READ,
                Operand.of(told),
                frame.words.shownAs("&started"),
                Operand.number(1));
        b.branch(result, Condition.NOT_EQUAL, 1, failed);
        String line = name + "\n";
        b.attempt(
                Syscall.WRITE,
                Operand.number(1),
                b.text(line),
                Operand.number(line.getBytes(StandardCharsets.UTF_8).length));
        b.attempt(Syscall.EXIT_GROUP, Operand.number(0));
        b.place(failed);
        Slot status = frame.scratch3;
        b.store(4, frame.words, 0, Operand.number(Refusal.SETUP << EXIT_STATUS_SHIFT));
        emitter.untilUninterrupted(
                "wait again for the launcher",
                result,
                Syscall.WAIT4,
                Operand.of(launcher),
                frame.words.shownAs("&status"),
                Operand.number(0),
                Operand.NULL);
        Label exited = b.label("the launcher exited");
        b.load(4, status, frame.words, 0);
        b.compute(Arithmetic.AND, result, Operand.of(status), Operand.number(0x7f));
        b.compute(Arithmetic.SHIFT_RIGHT, status, Operand.of(status), Operand.number(EXIT_STATUS_SHIFT));
        b.branch(result, Condition.EQUAL, 0, exited);
        b.compute(Arithmetic.ADD, status, Operand.of(result), Operand.number(128));
        b.place(exited);
        b.attempt(Syscall.EXIT_GROUP, Operand.of(status));
    }

    @Override
    public void inParent(Emitter emitter) {
        // Only the sandbox's first process may hold it: that it is closed tells that the command runs.
        emitter.must(Syscall.CLOSE, Operand.of(emitter.frame().background().starts()));
    }

    /** Tells the caller that the command runs, and lets go of the caller's standard streams. */
    static void tellStart(Emitter emitter) {
        letGo(emitter);
        ProgramBuilder b = emitter.builder();
        b.attempt(Syscall.WRITE, Operand.of(emitter.frame().background().tell()), b.text("1"), Operand.number(1));
    }

    /** Lets go of the caller's standard output and error: whoever reads them waits for the last one that has them. */
    static void letGo(Emitter emitter) {
        Operand nothing = Operand.of(emitter.frame().background().nothing());
        emitter.progress().ifPresent(TellProgress::close);
        emitter.builder().attempt(Syscall.DUP3, nothing, Operand.number(1), Operand.number(0));
        emitter.builder().attempt(Syscall.DUP3, nothing, Operand.number(2), Operand.number(0));
    }
}
