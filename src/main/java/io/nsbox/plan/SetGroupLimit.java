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

/** Sets one limit of the sandbox's control group, before there is anything to limit. */
record SetGroupLimit(GroupLimit limit, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return limit.title();
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        ControlGroups groups = emitter.groups();
        Slot folder = groups.folder(limit.controller()).as("group");
        Label legacy = b.label("limit of version 1");
        Label done = b.label("limit is set");
        b.branch(folder, Condition.NOT_EQUAL, Operand.of(groups.unified()), legacy);
        limit.unified().forEach(line -> write(emitter, folder, line));
        limit.proof().ifPresent(line -> prove(emitter, folder, line));
        b.jump(done);
        b.place(legacy);
        if (limit.controller() == Controller.CPUSET) {
            inheritMemoryNodes(emitter, groups, folder);
        }
        limit.legacy().forEach(line -> write(emitter, folder, line));
        b.place(done);
    }

    private Hints hints() {
        Hints hints = Hints.on(Linux.EINVAL, "the kernel does not take this value for this group")
                .and(Linux.EACCES, "the caller may not set this limit here");
        return switch (limit.controller()) {
            case CPUSET ->
                hints.and(Linux.EACCES, "the group above does not have all of these processors")
                        .and(Linux.EINVAL, "the group above, or this machine, does not have all of these processors")
                        .and(Linux.ERANGE, "this machine does not have all of these processors");
            case MEMORY ->
                hints.and(
                        Linux.ENOENT,
                        "this kernel does not account swap: boot with swapaccount=1, or remove `memswap_limit`");
            case CPU, PIDS -> hints.and(Linux.ENOENT, "this kernel was built without this limit");
        };
    }

    private Operand open(Emitter emitter, Slot file, Slot folder, String name, String flags, int bits) {
        emitter.must(
                hints(),
                file,
                Syscall.OPENAT,
                Operand.of(folder),
                emitter.builder().text(name),
                Operand.named(flags, bits | Linux.O_CLOEXEC));
        return Operand.of(file);
    }

    private void write(Emitter emitter, Slot folder, GroupLimit.Line line) {
        ProgramBuilder b = emitter.builder();
        Slot file = emitter.frame().scratch.as("file");
        Label done = b.label("written");
        if (line.optional()) {
            Label opened = b.label("opened");
            b.call(
                    file,
                    new OnError.Ignore(),
                    Syscall.OPENAT,
                    Operand.of(folder),
                    b.text(line.file()),
                    Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
            // A kernel that does not count this has no such file; any other error would leave the limit out.
            b.branch(file, Condition.EQUAL, -Linux.ENOENT, done);
            b.branch(file, Condition.AT_LEAST, 0, opened);
            b.compute(Arithmetic.SUBTRACT, file, Operand.number(0), Operand.of(file));
            emitter.fail("openat(<group>, \"" + line.file() + "\")", hints(), Refusal.SETUP, Operand.of(file));
            b.place(opened);
        } else {
            open(emitter, file, folder, line.file(), "O_WRONLY|O_CLOEXEC", Linux.O_WRONLY);
        }
        emitter.must(
                hints(),
                Syscall.WRITE,
                Operand.of(file),
                b.text(line.value()),
                Operand.number(line.value().length()));
        emitter.must(Syscall.CLOSE, Operand.of(file));
        b.place(done);
    }

    /** Version 2 takes processors that are not there, and then uses those that are, or others. */
    private void prove(Emitter emitter, Slot folder, GroupLimit.Line line) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot file = frame.scratch.as("file");
        Slot length = frame.scratch2.as("length");
        Label differs = b.label("not all processors are there");
        Label same = b.label("all processors are there");
        open(emitter, file, folder, line.file(), "O_RDONLY|O_CLOEXEC", Linux.O_RDONLY);
        emitter.must(
                length,
                Syscall.READ,
                Operand.of(file),
                frame.page.shownAs("&processors"),
                Operand.number(line.value().length() + 1));
        emitter.must(Syscall.CLOSE, Operand.of(file));
        b.branch(length, Condition.NOT_EQUAL, line.value().length(), differs);
        b.compare(frame.page, b.text(line.value()), Operand.number(line.value().length()), length);
        b.branch(length, Condition.EQUAL, 0, same);
        b.place(differs);
        emitter.fail("read(<" + line.file() + ">)", hints(), Refusal.SETUP, Operand.named("ERANGE", Linux.ERANGE));
        b.place(same);
    }

    /** A new group of version 1 has no memory nodes, and takes no process then (cpuset(7)). */
    private void inheritMemoryNodes(Emitter emitter, ControlGroups groups, Slot folder) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot file = frame.scratch.as("file");
        Slot length = frame.scratch2.as("length");
        Label known = b.label("memory nodes are known");
        Slot above = groups.v1(Controller.CPUSET).parent().as("group above");
        b.branch(above, Condition.EQUAL, 0, known);
        open(emitter, file, above, "cpuset.effective_mems", "O_RDONLY|O_CLOEXEC", Linux.O_RDONLY);
        emitter.must(length, Syscall.READ, Operand.of(file), frame.page.shownAs("&memory nodes"), Operand.number(4096));
        emitter.must(Syscall.CLOSE, Operand.of(file));
        open(emitter, file, folder, "cpuset.mems", "O_WRONLY|O_CLOEXEC", Linux.O_WRONLY);
        emitter.must(Syscall.WRITE, Operand.of(file), frame.page.shownAs("<memory nodes>"), Operand.of(length));
        emitter.must(Syscall.CLOSE, Operand.of(file));
        b.place(known);
    }
}
