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
import java.util.Optional;

/**
 * Finds the folder of the report before anything else, so that a report that cannot be written is told before the command
 * runs, and starts the report's clocks.
 *
 * <p>The file itself is written when all is over, beside its name, and then renamed: whoever sees it sees all of it. What is
 * there and is no regular file is refused, because the name would be taken from it: think of /dev/null and root.
 */
record OpenReport(String path, Optional<Span> cause) implements Step {
    private static final int W_OK = 2;
    private static final int EISDIR = 21;

    @Override
    public String title() {
        return "find the folder of the report";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot folder = b.slot("folder of the report");
        Slot found = frame.scratch.as("folder");
        EndRun end = emitter.end();
        String above = path.substring(0, path.lastIndexOf('/'));
        String name = path.substring(path.lastIndexOf('/') + 1);
        emitter.must(
                Syscall.CLOCK_GETTIME,
                Durations.REAL_TIME,
                end.outcome().started.shownAs("&now"));
        emitter.must(
                Syscall.CLOCK_GETTIME,
                Durations.MONOTONIC,
                end.outcome().startedMonotonic.shownAs("&now"));
        Hints hints = Hints.on(Linux.ENOENT, "the folder of the report must exist")
                .and(Linux.ENOTDIR, "a part of this path is a file, not a folder")
                .and(Linux.EACCES, "the caller may not write to the folder of the report")
                .and(Linux.EROFS, "the folder of the report is read-only")
                .and(EISDIR, "this is a folder, and the report is a file")
                .and(Linux.EEXIST, "something is there that is no regular file, and the report would take its place");
        emitter.must(
                hints,
                found,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(above.isEmpty() ? "/" : above),
                Operand.named("O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        emitter.must(hints, Syscall.FACCESSAT, Operand.of(found), b.text("."), Operand.named("W_OK", W_OK));
        Slot kind = frame.scratch2.as("kind");
        Label free = b.label("the name is free");
        Label there = b.label("something is there");
        Label right = b.label("it is a regular file");
        String look = "statx(<folder>, " + ProgramBuilder.quote(name) + ")";
        b.call(
                kind,
                new OnError.Ignore(),
                Syscall.STATX,
                Operand.of(found),
                b.text(name),
                Operand.number(0),
                Operand.named("STATX_TYPE", Linux.STATX_TYPE),
                frame.page.shownAs("&stat"));
        b.branch(kind, Condition.EQUAL, 0, there);
        b.branch(kind, Condition.EQUAL, -Linux.ENOENT, free);
        b.compute(Arithmetic.SUBTRACT, kind, Operand.number(0), Operand.of(kind));
        emitter.fail(look, hints, Refusal.SETUP, Operand.of(kind));
        b.place(there);
        b.load(2, kind, frame.page, Linux.STX_MODE);
        b.compute(Arithmetic.AND, kind, Operand.of(kind), Operand.number(Linux.S_IFMT));
        b.branch(kind, Condition.EQUAL, Linux.S_IFREG, right);
        emitter.fail(look, hints, Refusal.SETUP, Operand.named("EEXIST", Linux.EEXIST));
        b.place(free);
        b.place(right);
        end.reportTo(folder, name);
        b.set(folder, Operand.of(found));
    }
}
