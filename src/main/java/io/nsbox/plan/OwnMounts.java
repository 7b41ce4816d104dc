package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.Rootfs;
import org.jspecify.annotations.Nullable;

/**
 * The mounts that the spec put there and left writable: only in these is anything made.
 *
 * <p>A routine of the launcher's tells whether a folder lies on one of them; the caller's own root is none.
 */
final class OwnMounts {
    /** Mounts that nsbox makes of itself, on top of the spec's list. */
    private static final int MOST_OF_ITS_OWN = 24;

    private final ProgramBuilder b;
    private final Slot root;
    private final FileStatus status;
    private final @Nullable Rootfs rootfs;
    private final Operand.Address writable;
    private final int capacity;
    private int count;

    /* What the routine takes and gives. */
    private final Slot folder;
    private final Slot at;
    private final Slot cursor;
    private final Slot goOn;
    /** 0 where it may be written, else the negative errno of why not. */
    final Slot allowed;

    private final Label ask;

    /** None so far; what is asked about is the parent of {@code targets}. */
    OwnMounts(ProgramBuilder builder, FileSystem files, Targets targets) {
        this.b = builder;
        this.root = targets.root;
        this.status = targets.status;
        this.rootfs = files.rootfs();
        this.folder = targets.parent;
        this.at = targets.tries;
        allowed = b.slot("allowed");
        goOn = b.slot("go on");
        cursor = b.slot("cursor");
        capacity = 4 * (files.mounts().size() + files.tmpfs().size() + MOST_OF_ITS_OWN);
        writable = b.buffer("writable mounts", capacity);
        ask = b.label("may this folder be written");
    }

    /** Remembers a mount that was put there and can be written. */
    void add(Slot tree) {
        if (4 * count == capacity) {
            throw new IllegalStateException("more mounts than were counted");
        }
        b.store(4, writable, 4 * count++, Operand.of(tree));
    }

    /** Asks whether the folder lies on one of these; the label is placed where it is known. */
    void ask(Label known) {
        b.callRoutine(ask, goOn, known);
    }

    /**
     * Goes up from the parent, until it comes to a mount that the spec put there, or to the root, which is the caller's.
     *
     * <p>By mount, not by path: the parent is held open, and no renaming takes a folder from one mount to another.
     */
    void emitRoutine() {
        Label up = b.label("look at this mount");
        Label next = b.label("compare with the next");
        Label yes = b.label("the spec's");
        Label climb = b.label("one folder up");
        Label unknown = b.label("whose it is, is not known");
        b.place(ask);
        b.set(allowed, 0);
        if (rootfs != null) {
            if (rootfs.overlay() == null) {
                // A rootfs may be the caller's own root by another name.
                status.statx(root, status.first, "STATX_INO", Linux.STATX_INO, unknown);
                b.call(
                        status.length,
                        new OnError.GoTo(unknown),
                        Syscall.STATX,
                        Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                        b.text("/"),
                        Operand.number(0),
                        Operand.named("STATX_INO", Linux.STATX_INO),
                        status.second);
                status.sameField(Linux.STX_INO, yes);
                status.sameField(Linux.STX_DEV, yes);
            } else {
                b.jump(goOn);
            }
        }
        b.set(at, Operand.of(folder));
        b.place(up);
        status.statx(
                at.as("folder above"),
                status.first,
                "STATX_INO|STATX_MNT_ID",
                Linux.STATX_INO | Linux.STATX_MNT_ID,
                unknown);
        b.set(cursor, writable);
        b.place(next);
        b.branch(cursor, Condition.AT_LEAST, writable.plus(4 * count), climb);
        b.load(4, status.above, Operand.of(cursor), 0);
        b.add(cursor, 4);
        b.branch(status.above, Condition.EQUAL, 0, next);
        status.statx(status.above.as("mount"), status.second, "STATX_MNT_ID", Linux.STATX_MNT_ID, unknown);
        status.sameField(Linux.STX_MNT_ID, next);
        b.jump(goOn);
        b.place(climb);
        b.call(
                status.length,
                new OnError.GoTo(unknown),
                Syscall.OPENAT,
                Operand.of(at.as("folder above")),
                b.text(".."),
                Operand.named("O_RDONLY|O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        b.set(at, Operand.of(status.length));
        status.statx(
                at.as("folder above"),
                status.second,
                "STATX_INO|STATX_MNT_ID",
                Linux.STATX_INO | Linux.STATX_MNT_ID,
                unknown);
        status.sameField(Linux.STX_INO, up);
        status.sameField(Linux.STX_DEV, up);
        status.sameField(Linux.STX_MNT_ID, up);
        b.set(status.length, -Linux.EROFS);
        b.place(unknown);
        b.set(allowed, Operand.of(status.length));
        b.place(yes);
        b.jump(goOn);
    }
}
