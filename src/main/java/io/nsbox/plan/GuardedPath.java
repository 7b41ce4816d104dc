package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Finds the places of masked and read-only paths, when the sandbox's root is that of the process already.
 *
 * <p>Outside of procfs a symbolic link is followed as the command would follow it, but never one of procfs's own that lead
 * to open files. Below a procfs that the sandbox mounted no link is followed at all, and everything is found from that
 * procfs's own root, which is looked at first: a root file system that others can change at the same time cannot put
 * something else in its place.
 */
final class GuardedPath {
    /** What paths below a procfs of the sandbox's own begin with. */
    static final String PROC = "/proc/";

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final DevCalls calls;
    private final Hints hints = Hints.of(RefusalHints.GUARDED_PATH);

    GuardedPath(Emitter emitter) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.calls = new DevCalls(emitter, hints);
    }

    /**
     * Emits what is done with each path that exists.
     *
     * @param ownProc whether the sandbox mounted {@code /proc}
     * @param body given the slot with the place's descriptor; it goes on at the label, or falls through to it
     */
    void each(List<String> paths, boolean ownProc, BiConsumer<Slot, Label> body) {
        List<String> inProc = new ArrayList<>();
        List<String> elsewhere = new ArrayList<>();
        for (String path : paths) {
            (ownProc && path.startsWith(PROC) ? inProc : elsewhere).add(path);
        }
        if (!inProc.isEmpty()) {
            Slot proc = frame.scratch5.as("proc");
            openProc(proc);
            Operand how = calls.how(
                    "RESOLVE_NO_MAGICLINKS|RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH",
                    Linux.RESOLVE_NO_MAGICLINKS | Linux.RESOLVE_NO_SYMLINKS | Linux.RESOLVE_BENEATH);
            EachPath.emit(
                    emitter,
                    inProc,
                    PROC.length(),
                    (path, number, next) -> one(Operand.of(proc), path, how, next, body));
        }
        if (!elsewhere.isEmpty()) {
            Operand how = calls.how("RESOLVE_NO_MAGICLINKS", Linux.RESOLVE_NO_MAGICLINKS);
            Operand here = Operand.named("AT_FDCWD", Linux.AT_FDCWD);
            EachPath.emit(emitter, elsewhere, 0, (path, number, next) -> one(here, path, how, next, body));
        }
    }

    private void openProc(Slot proc) {
        Hints unusual = Hints.of(RefusalHints.OWN_PROC);
        emitter.must(
                unusual,
                proc,
                Syscall.OPENAT2,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/proc"),
                calls.how("RESOLVE_NO_SYMLINKS", Linux.RESOLVE_NO_SYMLINKS),
                Operand.number(24));
        emitter.must(unusual, Syscall.FSTATFS, Operand.of(proc), frame.page.shownAs("&file system"));
        Label procfs = b.label("it is a procfs");
        b.load(8, frame.scratch2, frame.page, 0);
        b.branch(frame.scratch2, Condition.EQUAL, Linux.PROC_SUPER_MAGIC, procfs);
        emitter.fail(
                "fstatfs(<proc>), which shows another file system",
                Hints.on(Linux.EINVAL, "something else than the procfs that was mounted is at /proc now"),
                Refusal.SETUP,
                Operand.named("EINVAL", Linux.EINVAL));
        b.place(procfs);
    }

    private void one(Operand folder, Slot path, Operand how, Label next, BiConsumer<Slot, Label> body) {
        Slot place = frame.scratch2.as("place");
        Label found = b.label("the path exists");
        b.call(place, new OnError.Ignore(), Syscall.OPENAT2, folder, Operand.of(path), how, Operand.number(24));
        b.branch(place, Condition.AT_LEAST, 0, found);
        b.branch(place, Condition.EQUAL, -Linux.ENOENT, next);
        b.branch(place, Condition.EQUAL, -Linux.ENOTDIR, next);
        b.compute(Arithmetic.SUBTRACT, place, Operand.number(0), Operand.of(place));
        emitter.fail("openat2(" + folder.text() + ", <path>)", hints, Refusal.SETUP, Operand.of(place));
        b.place(found);
        body.accept(place, next);
    }
}
