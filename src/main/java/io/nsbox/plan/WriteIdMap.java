package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes the uid or gid map of the new user namespace (user_namespaces(7)).
 *
 * <p>Three ways, decided when the launcher runs. With CAP_SETUID and CAP_SETGID the launcher writes it. Without, a single
 * line for the caller's own id is written by the process itself, after {@code setgroups} is denied. Everything else is
 * asked of newuidmap(1) or newgidmap(1), which know what /etc/subuid and /etc/subgid grant.
 */
record WriteIdMap(IdKind kind, List<IdMapLine> lines, Optional<Span> cause) implements Step {
    /** Three numbers of 32 bits, two spaces and a line break. */
    private static final int LONGEST_LINE = 40;

    WriteIdMap {
        lines = List.copyOf(lines);
    }

    @Override
    public String title() {
        return "write the " + kind.word() + " map: "
                + String.join(", ", lines.stream().map(line -> line.text(kind)).toList());
    }

    /** Whether the process itself can ever write this map without privilege. */
    boolean mayBeWrittenFromInside() {
        return lines.size() == 1 && lines.get(0).count() == 1;
    }

    /** Whether that does not even depend on who the caller is. */
    boolean isForAnyCaller() {
        return mayBeWrittenFromInside() && lines.get(0).outside().isEmpty();
    }

    @Override
    public void inChild(Emitter emitter) {
        if (!mayBeWrittenFromInside()) {
            return;
        }
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot file = frame.scratch.as("file");
        Label done = b.label(kind.word() + " map is not written from inside");
        b.branch(frame.mayMap, Condition.NOT_EQUAL, 0, done);
        OptionalLong outside = lines.get(0).outside();
        if (outside.isPresent()) {
            b.branch(callerId(frame), Condition.NOT_EQUAL, id(outside.getAsLong()), done);
        }
        if (kind == IdKind.GID) {
            Hints setgroups = Hints.of(RefusalHints.WRITE_SETGROUPS);
            emitter.must(setgroups, file, Syscall.OPENAT, at(), b.text("/proc/self/setgroups"), writeOnly());
            emitter.must(setgroups, Syscall.WRITE, Operand.of(file), b.text("deny"), Operand.number(4));
            emitter.closeWritten(file);
        }
        emitter.must(hints(), file, Syscall.OPENAT, at(), b.text("/proc/self/" + kind.word() + "_map"), writeOnly());
        writeTo(emitter, file);
        emitter.closeWritten(file);
        b.place(done);
    }

    @Override
    public void inParent(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot file = frame.scratch.as("file");
        Label direct = b.label("launcher writes the " + kind.word() + " map");
        Label done = b.label(kind.word() + " map is written");
        b.branch(frame.mayMap, Condition.NOT_EQUAL, 0, direct);
        if (!isForAnyCaller()) {
            if (mayBeWrittenFromInside()) {
                long outside = lines.get(0).outside().orElseThrow();
                b.branch(callerId(frame), Condition.EQUAL, id(outside), done);
            }
            new RunIdMapHelper(kind, lines).emit(emitter);
        }
        b.jump(done);
        b.place(direct);
        Slot end = frame.scratch2;
        b.set(end, frame.words);
        emitter.append(end, "/proc/");
        emitter.appendDecimal(end, Operand.of(frame.pid));
        emitter.append(end, "/" + kind.word() + "_map");
        b.store(1, Operand.of(end), 0, Operand.number(0));
        emitter.must(
                hints(),
                file,
                Syscall.OPENAT,
                at(),
                frame.words.shownAs("\"/proc/<pid>/" + kind.word() + "_map\""),
                writeOnly());
        writeTo(emitter, file);
        b.place(done);
    }

    private Slot callerId(Frame frame) {
        return kind == IdKind.UID ? frame.uid : frame.gid;
    }

    private static Operand id(long id) {
        return Operand.named(Long.toString(id), id);
    }

    private static Operand at() {
        return Operand.named("AT_FDCWD", Linux.AT_FDCWD);
    }

    private static Operand writeOnly() {
        return Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC);
    }

    private void writeTo(Emitter emitter, Slot file) {
        ProgramBuilder b = emitter.builder();
        if (isFixed()) {
            emitter.must(hints(), Syscall.WRITE, Operand.of(file), b.text(text()), Operand.number(text().length()));
            return;
        }
        Frame.Text text = Objects.requireNonNull(emitter.frame().mapTexts.get(kind));
        emitter.must(
                hints(),
                Syscall.WRITE,
                Operand.of(file),
                text.start().shownAs(ProgramBuilder.quote(text())),
                Operand.of(text.length()));
    }

    private String text() {
        return String.join(
                "", lines.stream().map(line -> line.text(kind) + "\n").toList());
    }

    /** Whether the caller's own id has no part in it. */
    private boolean isFixed() {
        return !text().contains("<");
    }

    /** Puts the map's text together once, whoever will write it. */
    @Override
    public void beforeClone(Emitter emitter) {
        if (isFixed()) {
            return;
        }
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Operand.Address start = b.buffer(kind.word() + " map", lines.size() * LONGEST_LINE);
        Slot length = b.slot("length");
        frame.mapTexts.put(kind, new Frame.Text(start, length));
        Slot end = frame.scratch2;
        b.set(end, start);
        for (IdMapLine line : lines) {
            appendId(emitter, end, line.inside());
            emitter.append(end, " ");
            appendId(emitter, end, line.outside());
            emitter.append(end, " " + line.count() + "\n");
        }
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(end), start);
    }

    private void appendId(Emitter emitter, Slot end, OptionalLong id) {
        if (id.isPresent()) {
            emitter.append(end, Long.toString(id.getAsLong()));
        } else {
            emitter.appendDecimal(end, Operand.of(callerId(emitter.frame())));
        }
    }

    private Hints hints() {
        return Hints.of(kind == IdKind.UID ? RefusalHints.WRITE_UID_MAP : RefusalHints.WRITE_GID_MAP);
    }
}
