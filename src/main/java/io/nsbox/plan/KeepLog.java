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
import java.util.Objects;

/**
 * Leads the command's standard output and error into a file, and notes when each part came.
 *
 * <p>A process of its own reads them from a pipe, so that the log is whole however the launcher ends, and ends itself when
 * nobody can write any more.
 */
record KeepLog(Registration registration) implements Step {
    private static final int CHUNK = 65536;
    private static final int O_APPEND = 02000;

    @Override
    public String title() {
        return "keep a log";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot from = b.slot("output");
        Slot to = b.slot("output of the command");
        Slot log = b.slot("log");
        Slot index = b.slot("index of the log");
        Slot logger = frame.scratch.as("logger");
        Label goOn = b.label("the log is kept");
        frame.output = to;
        emitter.pipe(from, to);
        open(emitter, log, Registration.LOG);
        open(emitter, index, Registration.LOG_INDEX);
        emitter.fork(logger);
        b.branch(logger, Condition.NOT_EQUAL, 0, goOn);
        copy(emitter, from, log, index);
        b.place(goOn);
        emitter.must(Syscall.CLOSE, Operand.of(from));
        emitter.must(Syscall.CLOSE, Operand.of(log));
        emitter.must(Syscall.CLOSE, Operand.of(index));
    }

    private void open(Emitter emitter, Slot file, String name) {
        emitter.must(
                file,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text(registration.file(name)),
                Operand.named(
                        "O_WRONLY|O_CREAT|O_TRUNC|O_APPEND|O_CLOEXEC",
                        Linux.O_WRONLY | Linux.O_CREAT | Linux.O_TRUNC | O_APPEND | Linux.O_CLOEXEC),
                Operand.named("0600", 0600));
    }

    /** The logger: it never gives up reading, so that a full disk loses log and does not stop the command. */
    private static void copy(Emitter emitter, Slot from, Slot log, Slot index) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Frame.Background background = frame.background();
        Slot length = frame.scratch;
        Slot at = frame.scratch2;
        Slot written = frame.scratch3;
        Operand.Address chunk = b.buffer("chunk", CHUNK);
        Operand.Address entry = b.buffer("entry of the index", 24);
        Label next = b.label("next part of the log");
        Label rest = b.label("rest of the part");
        Label done = b.label("the log is complete");
        // None of these may look as if they were still held by the launcher, or keep the pipe open.
        b.attempt(Syscall.CLOSE, Operand.of(Objects.requireNonNull(frame.output)));
        b.attempt(Syscall.CLOSE, Operand.of(Objects.requireNonNull(frame.lock)));
        b.attempt(Syscall.CLOSE, Operand.of(background.tell()));
        b.attempt(Syscall.CLOSE, Operand.of(background.starts()));
        DetachLauncher.letGo(emitter);
        // Whoever reads the log sees by that whether more may come.
        b.attempt(Syscall.FLOCK, Operand.of(log), Operand.named("LOCK_EX|LOCK_NB", RegisterSandbox.LOCK_EX_NB));
        b.place(next);
        emitter.untilUninterrupted(
                "read again", length, Syscall.READ, Operand.of(from), chunk.shownAs("&chunk"), Operand.number(CHUNK));
        b.branch(length, Condition.LESS, 1, done);
        b.attempt(Syscall.CLOCK_GETTIME, Durations.REAL_TIME, entry.shownAs("&now"));
        b.attempt(Syscall.WRITE, Operand.of(index), entry.shownAs("{<now>, <length>}"), Operand.number(24));
        b.set(at, chunk);
        b.place(rest);
        b.call(written, new OnError.GoTo(next), Syscall.WRITE, Operand.of(log), Operand.of(at), Operand.of(length));
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(written));
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), Operand.of(written));
        Slot total = frame.scratch4;
        b.load(8, total, entry, 16);
        b.compute(Arithmetic.ADD, total, Operand.of(total), Operand.of(written));
        b.store(8, entry, 16, Operand.of(total));
        b.branch(length, Condition.NOT_EQUAL, 0, rest);
        b.jump(next);
        b.place(done);
        b.attempt(Syscall.EXIT_GROUP, Operand.number(0));
    }

    @Override
    public void inParent(Emitter emitter) {
        emitter.must(Syscall.CLOSE, Operand.of(Objects.requireNonNull(emitter.frame().output)));
    }

    @Override
    public void inChild(Emitter emitter) {
        Slot output = Objects.requireNonNull(emitter.frame().output);
        emitter.must(Syscall.DUP3, Operand.of(output), Operand.number(1), Operand.number(0));
        emitter.must(Syscall.DUP3, Operand.of(output), Operand.number(2), Operand.number(0));
    }
}
