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
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Takes the sandbox's name, and tells in its folder what runs.
 *
 * <p>The name is an flock(2), which the kernel lets go with the launcher, however that ends: so no entry is ever taken for a
 * running sandbox that is none, and of two launchers that take one name at the same time one is refused. What
 * describes the sandbox is written by who holds the lock.
 */
record RegisterSandbox(Registration registration) implements Step {
    static final int LOCK_EX_NB = 2 | 4;

    /** As long as the longest status. */
    private static final String NO_STATUS = "   \n";

    @Override
    public String title() {
        return "take the name " + registration.name();
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot lock = b.slot("lock");
        frame.lock = lock;
        Hints gone = Hints.on(Linux.ENOENT, "the sandbox was removed at this very moment: try again");
        open(emitter, gone, lock, Registration.LOCK, "O_RDWR|O_CREAT|O_CLOEXEC", Linux.O_RDWR | Linux.O_CREAT);
        emitter.must(
                Hints.on(
                        Linux.EAGAIN,
                        "a sandbox of this name is running: `nsbox stop " + registration.name()
                                + "` ends it, and --name gives this one another name"),
                Syscall.FLOCK,
                Operand.of(lock),
                Operand.named("LOCK_EX|LOCK_NB", LOCK_EX_NB));
        // Whoever removes a stopped sandbox holds the lock too; what was opened before that is no file of the folder
        // any
        // more.
        emitter.must(
                Syscall.STATX,
                Operand.of(lock),
                b.text(""),
                Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH),
                Operand.named("STATX_NLINK", Linux.STATX_NLINK),
                frame.page.shownAs("&stat"));
        Label there = b.label("the lock is in its folder");
        b.load(4, frame.scratch, frame.page, Linux.STX_NLINK);
        b.branch(frame.scratch, Condition.NOT_EQUAL, 0, there);
        emitter.fail("statx(<lock>)", gone, Refusal.SETUP, Operand.named("ENOENT", Linux.ENOENT));
        b.place(there);
        // An earlier run's, which somebody may still be reading.
        for (String earlier : List.of(Registration.STATUS, Registration.LOG, Registration.LOG_INDEX)) {
            remove(b, earlier);
        }
        Slot file = frame.scratch.as("file");
        // Room for the status is taken now: the log may have filled the disk by then.
        create(emitter, file, Registration.STATUS);
        writeAll(emitter, file, b.text(NO_STATUS), Operand.number(NO_STATUS.length()));
        emitter.must(Syscall.CLOSE, Operand.of(file));
        Slot status = b.slot("status file");
        frame.statusFile = status;
        open(emitter, Hints.NONE, status, Registration.STATUS, "O_WRONLY|O_CLOEXEC", Linux.O_WRONLY);
        registration.descriptions().forEach((name, content) -> {
            create(emitter, file, name);
            int length = content.getBytes(StandardCharsets.UTF_8).length;
            writeAll(emitter, file, b.text(content).shownAs("<" + name + ">"), Operand.number(length));
            emitter.must(Syscall.CLOSE, Operand.of(file));
        });
    }

    private void remove(ProgramBuilder b, String name) {
        b.attempt(
                Syscall.UNLINKAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(registration.file(name)),
                Operand.number(0));
    }

    /** Writes the pids before the command starts, so that whoever sees it run can find it. */
    @Override
    public void inParent(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot file = frame.scratch.as("file");
        Slot end = frame.scratch2;
        Slot own = frame.scratch3;
        create(emitter, file, Registration.PIDS);
        b.call(own, new OnError.Ignore(), Syscall.GETPID);
        b.set(end, frame.words);
        emitter.appendDecimal(end, Operand.of(own));
        emitter.append(end, " ");
        emitter.appendDecimal(end, Operand.of(frame.pid));
        emitter.append(end, "\n");
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), frame.words);
        writeAll(emitter, file, frame.words.shownAs("\"<own pid> <pid>\\n\""), Operand.of(end));
        emitter.must(Syscall.CLOSE, Operand.of(file));
    }

    private void create(Emitter emitter, Slot file, String name) {
        open(
                emitter,
                Hints.NONE,
                file,
                name,
                "O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC",
                Linux.O_WRONLY | Linux.O_CREAT | Linux.O_TRUNC);
    }

    private void open(Emitter emitter, Hints hints, Slot file, String name, String flags, int bits) {
        emitter.must(
                hints,
                file,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                emitter.builder().text(registration.file(name)),
                Operand.named(flags, bits | Linux.O_CLOEXEC),
                Operand.named("0600", 0600));
    }

    /** A write of a few bytes is short only where the disk is full. */
    private static void writeAll(Emitter emitter, Slot file, Operand content, Operand length) {
        ProgramBuilder b = emitter.builder();
        Slot written = emitter.frame().scratch3;
        Label whole = b.label("it is written");
        emitter.must(written, Syscall.WRITE, Operand.of(file), content, length);
        b.branch(written, Condition.EQUAL, length, whole);
        emitter.fail("write(<file>)", Hints.NONE, Refusal.SETUP, Operand.named("ENOSPC", Linux.ENOSPC));
        b.place(whole);
    }

    /** Writes the exit status where there is a file for it; the value is at most 255. */
    static void recordEnd(Emitter emitter, Slot status, Slot end) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        if (frame.statusFile == null) {
            return;
        }
        Label none = b.label("nothing to record in");
        // A standard stream is none: refused before the file was opened.
        b.branch(frame.statusFile, Condition.LESS, 3, none);
        b.decimal(Operand.of(status), frame.page, end);
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), frame.page);
        b.attempt(Syscall.WRITE, Operand.of(frame.statusFile), frame.page.shownAs("<status>"), Operand.of(end));
        b.place(none);
    }
}
