package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.spec.Mount.Access;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hides paths: an empty read-only folder is mounted over a folder, and the null device over everything else.
 *
 * <p>What is mounted over files is the device that was looked at before (CVE-2025-31133). A path that does not exist is
 * left out, as OCI runtimes do it: there is nothing to hide.
 *
 * @param ownProc whether the sandbox mounted {@code /proc}
 */
record MaskPaths(List<String> paths, boolean ownProc, Optional<Span> cause) implements Step {
    MaskPaths {
        paths = List.copyOf(paths);
    }

    @Override
    public String title() {
        return "mask " + String.join(", ", paths);
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        DevCalls calls = new DevCalls(emitter, Hints.of(RefusalHints.GUARDED_PATH));
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "0555");
        options.put("ro", "");
        Slot empty = b.slot("empty folder");
        Slot emptyIsMounted = b.slot("empty folder is mounted");
        Slot mount = frame.scratch3.as("mount");
        Label cover = b.label("cover a place");
        Label end = b.label("paths are masked");
        Slot place = frame.scratch2.as("place");
        b.set(emptyIsMounted, 0);
        new GuardedPath(emitter).each(paths, ownProc, (found, next) -> {
            b.set(frame.returnTo, next);
            b.jump(cover);
        });
        b.jump(end);
        b.place(cover);
        Slot kind = frame.scratch4.as("kind");
        Label folder = b.label("a folder");
        Label attach = b.label("attach the mask");
        calls.kind(place, kind);
        b.branch(kind, Condition.EQUAL, Linux.S_IFDIR, folder);
        firstOrCopy(calls, b, frame.nullDevice, frame.nullIsMounted, mount, attach, () -> {});
        b.place(folder);
        firstOrCopy(
                calls,
                b,
                empty,
                emptyIsMounted,
                mount,
                attach,
                () -> MountCalls.newFileSystem(
                        emitter,
                        Hints.of(RefusalHints.NEW_FILE_SYSTEM),
                        "tmpfs",
                        options,
                        new Access(true, false, false, false),
                        empty));
        b.place(attach);
        MountCalls.move(emitter, mount, place);
        b.jump(frame.returnTo);
        b.place(end);
    }

    /** A mount can be copied only while it is attached, which the first use sees to (open_tree(2) before Linux 6.15). */
    private static void firstOrCopy(
            DevCalls calls, ProgramBuilder b, Slot source, Slot isMounted, Slot mount, Label attach, Runnable make) {
        Label copy = b.label("copy the mask");
        b.branch(isMounted, Condition.NOT_EQUAL, 0, copy);
        make.run();
        b.set(isMounted, 1);
        b.set(mount, Operand.of(source));
        b.jump(attach);
        b.place(copy);
        calls.copy(source, mount);
        b.jump(attach);
    }
}
