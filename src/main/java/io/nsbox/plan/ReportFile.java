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
 * The file of the report: written under a name of the launcher's own, and given its name when it is whole.
 *
 * <p>The launcher's guard knows that name too, and removes the file where the launcher was killed over it.
 */
final class ReportFile {
    private static final String UNWRITTEN = "nsbox: error: the report could not be written\n";

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final Operand.Address unfinished;
    private String name = "";

    ReportFile(Emitter emitter) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        unfinished = b.buffer("name of the new report", 64);
    }

    /** Before any other process exists: the guard must know what the report is called while it is written. */
    void call(String name) {
        this.name = name;
        Slot own = frame.scratch2;
        Slot at = frame.scratch3;
        emitter.must(own, Syscall.GETPID);
        b.set(at, unfinished);
        emitter.append(at, Registration.UNFINISHED_REPORT);
        emitter.appendDecimal(at, Operand.of(own));
        b.store(1, Operand.of(at), 0, Operand.number(0));
    }

    /** Emits that the text is written beside the report's name, and then renamed; the folder's slot is 0 afterwards. */
    void write(Slot to, Operand.Address text, Slot length) {
        Slot out = frame.scratch;
        Slot written = frame.scratch2;
        Slot at = frame.scratch3;
        Label whole = b.label("report is whole");
        Label more = b.label("write the rest of the report");
        Label failed = b.label("report is not written");
        Label done = b.label("report is written");
        removeUnfinished(to);
        b.call(
                out,
                new OnError.GoTo(failed),
                Syscall.OPENAT,
                Operand.of(to),
                unfinished.shownAs("<new report>"),
                Operand.named(
                        "O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC",
                        Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL | Linux.O_CLOEXEC),
                Operand.named("0644", 0644));
        b.set(at, text);
        b.place(more);
        b.call(written, new OnError.Ignore(), Syscall.WRITE, Operand.of(out), Operand.of(at), Operand.of(length));
        Label rest = b.label("part of the report is written");
        b.branch(written, Condition.AT_LEAST, 1, rest);
        removeUnfinished(to);
        b.jump(failed);
        b.place(rest);
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(written));
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), Operand.of(written));
        b.branch(length, Condition.NOT_EQUAL, 0, more);
        b.place(whole);
        b.attempt(Syscall.CLOSE, Operand.of(out));
        b.call(
                written,
                new OnError.Ignore(),
                Syscall.RENAMEAT2,
                Operand.of(to),
                unfinished.shownAs("<new report>"),
                Operand.of(to),
                b.text(name),
                Operand.number(0));
        b.branch(written, Condition.EQUAL, 0, done);
        removeUnfinished(to);
        b.place(failed);
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(UNWRITTEN), Operand.number(UNWRITTEN.length()));
        b.place(done);
        b.set(to, 0);
    }

    /** Emits that what is unfinished is removed, if it is there. */
    void removeUnfinished(Slot folder) {
        b.attempt(Syscall.UNLINKAT, Operand.of(folder), unfinished.shownAs("<new report>"), Operand.number(0));
    }
}
