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
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.ProcFiles;
import org.jspecify.annotations.Nullable;

/**
 * The places under the sandbox's root on which something is mounted: finds them, and makes those that are missing.
 *
 * <p>A place is opened once and used by its descriptor. In the usual case that takes one call, which meets no symbolic
 * link; everything else (links, missing parts) is done by a routine that all steps share, one part of the path after the
 * other, never outside the root ({@link WalkPath}). The reasons stand in docs/design/0010-files-of-a-sandbox.md.
 */
final class Targets {
    /** A target that is a folder. */
    static final int FOLDER = Linux.S_IFDIR | 0755;
    /** A target that is a file. */
    static final int FILE = Linux.S_IFREG | 0644;
    /** A target that is what {@link #tree} is. */
    static final int LIKE_TREE = 0;

    /** The root under which everything is mounted. */
    final Slot root;
    /** What is about to be mounted. */
    final Slot tree;
    /** The place that was found. */
    final Slot target;
    /** The root as one that takes new targets although it was made read-only. */
    final FrozenRoot frozenRoot;

    /* What the parts share. */
    final Slot parent;
    final Slot tries;
    final FileStatus status;
    final OwnMounts mounts;
    final Label find;

    private final ProgramBuilder b;
    private final WalkPath walk;
    private final Operand.Address sources;
    private Operand.@Nullable Address folder;
    private @Nullable Slot scratch;
    private boolean findIsUsed;

    Targets(ProgramBuilder builder, Frame frame, FileSystem files) {
        this.b = builder;
        root = b.slot("root");
        tree = b.slot("tree");
        target = b.slot("target");
        parent = b.slot("parent");
        tries = b.slot("tries");
        find = b.label("find a target");
        sources = b.buffer("sources", 4 * (files.mounts().size() + 1));
        status = new FileStatus(b);
        frozenRoot = new FrozenRoot(b, root, status, files.readOnly());
        mounts = new OwnMounts(b, files, this);
        walk = new WalkPath(b, frame, this);
    }

    /** Opens a target, and makes it first if it is missing: leaves it in {@link #target}. */
    void find(Emitter emitter, GuestPath path, int kind) {
        find(emitter, path, kind, Manner.ANY);
    }

    /** Likewise, but refuses one that a symbolic link leads to: file systems that others trust by their path. */
    void findPlain(Emitter emitter, GuestPath path, int kind) {
        find(emitter, path, kind, Manner.PLAIN);
    }

    /** Opens a folder, and makes it first if it is missing; refuses what is no folder. */
    void findFolder(Emitter emitter, GuestPath path, int mode) {
        find(emitter, path, Linux.S_IFDIR | mode | WalkPath.MAY_BE_THE_ROOT, Manner.FOLDER);
    }

    /** What a target may be. */
    private enum Manner {
        ANY,
        PLAIN,
        FOLDER
    }

    private void find(Emitter emitter, GuestPath path, int kind, Manner manner) {
        boolean plain = manner == Manner.PLAIN;
        // The slash at the end lets the kernel refuse what is no folder.
        String spelled = manner == Manner.FOLDER && !path.isRoot() ? path.path() + "/" : path.path();
        findIsUsed = true;
        Label hard = b.label("the target takes more");
        Label back = b.label("target was looked for");
        Label refused = b.label("no target");
        Label found = b.label("target is found");
        Operand.Address text = b.text(spelled);
        b.call(
                target,
                new OnError.GoTo(hard),
                Syscall.OPENAT2,
                Operand.of(root),
                text,
                WalkPath.plainly(b),
                Operand.number(WalkPath.HOW_SIZE));
        b.jump(found);
        b.place(hard);
        if (plain) {
            b.branch(target, Condition.NOT_EQUAL, -Linux.ENOENT, refused);
        }
        walk.to(b.text(path.path()), ProcFiles.mayBeMountedOn(path) ? kind | WalkPath.MAY_BE_IN_PROC : kind, back);
        if (manner == Manner.FOLDER) {
            Label unknown = b.label("what it is, is not known");
            b.branch(target, Condition.LESS, 0, refused);
            Slot kindOf = status.length;
            status.statx(target, status.first, "STATX_TYPE", Linux.STATX_TYPE, unknown);
            b.load(2, kindOf, status.first, Linux.STX_MODE);
            b.compute(Arithmetic.AND, kindOf, Operand.of(kindOf), Operand.number(Linux.S_IFMT));
            b.branch(kindOf, Condition.EQUAL, Linux.S_IFDIR, found);
            b.set(kindOf, -Linux.ENOTDIR);
            b.place(unknown);
            b.set(target, Operand.of(kindOf));
        } else {
            b.branch(target, Condition.AT_LEAST, 0, found);
        }
        b.place(refused);
        b.compute(Arithmetic.SUBTRACT, target, Operand.number(0), Operand.of(target));
        emitter.fail(
                "openat2(<root>, " + ProgramBuilder.quote(path.path()) + ")",
                Hints.of(plain ? RefusalHints.MOUNT_PLAIN_TARGET : RefusalHints.MOUNT_TARGET),
                Refusal.SETUP,
                Operand.of(target));
        b.place(found);
    }

    /** Keeps {@link #tree} until the entry of {@code mounts} with this index is mounted; 0 stands for nothing. */
    void keepSource(int index) {
        b.store(4, sources, 4 * index, Operand.of(tree));
    }

    /** Takes back what was kept for this entry. */
    void takeSource(int index) {
        b.load(4, tree, sources, 4 * index);
    }

    /** Mounts {@link #tree} on {@link #target}; where it can be written, later targets may be made in it. */
    void attach(Emitter emitter, boolean canBeWritten) {
        MountCalls.move(emitter, tree, target);
        if (canBeWritten) {
            mounts.add(tree);
        }
    }

    /** The private tmpfs. */
    Slot scratch() {
        if (scratch == null) {
            scratch = b.slot("private tmpfs");
        }
        return scratch;
    }

    /** Room for what a symbolic link says. */
    Operand.Address linkText() {
        return walk.link;
    }

    /**
     * Changes the folder {@link #target} if that may be done: if it lies on something that the spec put there.
     *
     * @param result receives what the change leaves in it, or the negative errno of what forbids it
     * @param change emits the one call
     */
    void whereWritable(Slot result, Runnable change) {
        Label back = b.label("folder was looked at");
        Label done = b.label("folder was changed");
        b.set(parent, Operand.of(target));
        mounts.ask(back);
        b.set(result, Operand.of(mounts.allowed));
        b.branch(mounts.allowed, Condition.NOT_EQUAL, 0, done);
        frozenRoot.thawed(result, change);
        b.place(done);
    }

    /** Where the caller's working directory is kept. */
    Operand.Address folder() {
        if (folder == null) {
            folder = b.buffer("working directory", WalkPath.PATH_MAX);
        }
        return folder;
    }

    /** The routines, once all steps have been emitted. */
    void emitRoutines() {
        if (findIsUsed) {
            b.section("find or make a target, for the steps that mount", Trace.FOR_THE_LAST_STEP);
            walk.emitRoutine();
            b.section("ask whether a folder lies on something that the spec put there", Trace.FOR_THE_LAST_STEP);
            mounts.emitRoutine();
        }
    }

    /** Goes on at the label where something is mounted over the root, which is the process's root by now. */
    void branchIfCovered(Emitter emitter, Label covered) {
        Operand mount = Operand.named("STATX_MNT_ID", Linux.STATX_MNT_ID);
        emitter.must(
                Syscall.STATX,
                Operand.of(root),
                b.text(""),
                Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH),
                mount,
                status.first);
        // Above the root is the root again, with what is mounted on it.
        emitter.must(
                Syscall.STATX,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/.."),
                Operand.number(0),
                mount,
                status.second);
        status.sameField(Linux.STX_MNT_ID, covered);
    }
}
