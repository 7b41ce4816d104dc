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
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gives the caller its own ids back in a second user namespace, where it was 0 in the first (user_namespaces(7)).
 *
 * <p>A devpts can only be mounted where ids 0 are mapped, and without privilege only one id can be: the caller's. So the
 * sandbox is set up with the caller as 0, and then this second map undoes the first. Mounts belong to the first namespace,
 * so that nobody in the second can undo one of them. For a caller whose ids are 0 already there is nothing to do.
 *
 * @param keepsUid whether the user id is kept; else it stays 0
 * @param keepsGid likewise for the group id
 */
record KeepIds(boolean keepsUid, boolean keepsGid, Optional<Span> cause) implements Step {
    private static final int PR_SET_DUMPABLE = 4;

    @Override
    public String title() {
        return "keep the caller's ids in a second user namespace: gid "
                + line(keepsGid).text(IdKind.GID) + ", uid " + line(keepsUid).text(IdKind.UID);
    }

    private static IdMapLine line(boolean keeps) {
        return new IdMapLine(keeps ? OptionalLong.empty() : OptionalLong.of(0), OptionalLong.of(0), 1);
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label done = b.label("ids are the caller's");
        skipForRoot(b, frame, done);
        emitter.must(
                Hints.of(RefusalHints.SECOND_USER_NAMESPACE),
                Syscall.UNSHARE,
                Operand.named("CLONE_NEWUSER", Linux.CLONE_NEWUSER));
        // The files of an undumpable process belong to root.
        dumpable(emitter, 1);
        Hints hints = Hints.of(RefusalHints.WRITE_UID_MAP);
        Slot file = frame.scratch.as("file");
        open(emitter, hints, file, "setgroups");
        emitter.must(hints, Syscall.WRITE, Operand.of(file), b.text("deny"), Operand.number(4));
        for (IdKind kind : new IdKind[] {IdKind.GID, IdKind.UID}) {
            boolean isUid = kind == IdKind.UID;
            IdMapLine line = line(isUid ? keepsUid : keepsGid);
            open(emitter, hints, file, kind.word() + "_map");
            Slot end = frame.scratch2.as("length");
            b.set(end, frame.words);
            if (line.inside().isPresent()) {
                emitter.append(end, "0");
            } else {
                emitter.appendDecimal(end, Operand.of(isUid ? frame.uid : frame.gid));
            }
            emitter.append(end, " 0 1\n");
            b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), frame.words);
            emitter.must(
                    hints,
                    Syscall.WRITE,
                    Operand.of(file),
                    frame.words.shownAs(ProgramBuilder.quote(line.text(kind) + "\n")),
                    Operand.of(end));
        }
        dumpable(emitter, 0);
        b.place(done);
    }

    private static void dumpable(Emitter emitter, int value) {
        emitter.must(Syscall.PRCTL, Operand.named("PR_SET_DUMPABLE", PR_SET_DUMPABLE), Operand.number(value));
    }

    private static void open(Emitter emitter, Hints hints, Slot file, String name) {
        emitter.must(
                hints,
                file,
                Syscall.OPENAT,
                Operand.of(emitter.frame().ownProc),
                emitter.builder().text(name),
                Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
    }

    private static void skipForRoot(ProgramBuilder b, Frame frame, Label done) {
        Label needed = b.label("the caller is not root");
        b.branch(frame.uid, Condition.NOT_EQUAL, 0, needed);
        b.branch(frame.gid, Condition.EQUAL, 0, done);
        b.place(needed);
    }

    /**
     * Opens the way to the files that this step writes, as long as the caller's {@code /proc} can be seen.
     *
     * <p>As a mount of its own: {@code read_only} freezes the one that came with the root.
     */
    record Prepare(Optional<Span> cause) implements Step {
        @Override
        public String title() {
            return "keep the way to the id maps";
        }

        @Override
        public void inChild(Emitter emitter) {
            ProgramBuilder b = emitter.builder();
            Frame frame = emitter.frame();
            Label done = b.label("nothing will be written");
            skipForRoot(b, frame, done);
            emitter.must(
                    Hints.of(RefusalHints.WRITE_UID_MAP),
                    frame.ownProc,
                    Syscall.OPEN_TREE,
                    Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                    b.text("/proc/self"),
                    MountCalls.copyOfMount());
            b.place(done);
        }
    }
}
