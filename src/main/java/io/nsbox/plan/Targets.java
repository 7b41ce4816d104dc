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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The places under the sandbox's root on which something is mounted: finds them, and makes those that are missing.
 *
 * <p>A place is opened once and used by its descriptor. In the usual case that takes one call, which meets no symbolic
 * link; everything else (links, missing parts) is done by a routine that all steps share, one part of the path after the
 * other, never outside the root. The reasons stand in docs/design/0010-files-of-a-sandbox.md.
 */
final class Targets {
    /** A target that is a folder. */
    static final int FOLDER = Linux.S_IFDIR | 0755;
    /** A target that is a file. */
    static final int FILE = Linux.S_IFREG | 0644;
    /** A target that is what {@link #tree} is. */
    static final int LIKE_TREE = 0;

    /** Among the bits of kind and mode: nothing is mounted on it. */
    private static final int MAY_BE_THE_ROOT = 1 << 16;
    /** Likewise: it is {@code /proc}, or a file there that may be replaced. */
    private static final int MAY_BE_IN_PROC = 1 << 17;
    /** The bits below these. */
    private static final int KIND_AND_MODE = 0xffff;

    /** Mounts that nsbox makes of itself, on top of the spec's list. */
    private static final int MOST_OF_ITS_OWN = 24;

    private static final int HOW_SIZE = 24;
    private static final int STATX_SIZE = 256;
    private static final int STX_MODE = 28;
    static final int STX_INO = 32;
    private static final int STX_DEV = 136;
    static final int STX_MNT_ID = 144;
    /** Bytes of the longest path, with its terminator. */
    static final int PATH_MAX = 4096;
    /** As many links in a path as the kernel follows (path_resolution(7)). */
    private static final int MOST_LINKS = 40;
    /** Only a race makes openat2(2) answer EAGAIN; losing it so often is no accident. */
    private static final int MOST_TRIES = 1000;

    /** The root under which everything is mounted. */
    final Slot root;
    /** What is about to be mounted. */
    final Slot tree;
    /** The place that was found. */
    final Slot target;
    /** Whether the root itself was made read-only, and takes new targets all the same: 1 or 0. */
    final Slot frozen;

    private final ProgramBuilder b;
    private final Frame frame;
    private final FileSystem files;
    private final Slot wanted;
    private final Slot make;
    private final Slot at;
    private final Slot end;
    private final Slot divider;
    private final Slot parent;
    private final Slot length;
    private final Slot count;
    private final Slot tries;
    private final Slot mask;
    private final Slot above;
    private final Slot allowed;
    private final Slot goOn;
    private final Slot cursor;
    private final Operand.Address sources;
    private final Operand.Address writable;
    private final int capacity;
    private final Operand.Address status;
    private final Operand.Address otherStatus;
    private final Operand.Address link;
    private final Label find;
    private final Label ask;
    private Operand.@Nullable Address folder;
    private @Nullable Slot scratch;
    private int writableCount;
    private boolean findIsUsed;

    Targets(ProgramBuilder builder, Frame frame, FileSystem files) {
        this.b = builder;
        this.frame = frame;
        this.files = files;
        root = b.slot("root");
        tree = b.slot("tree");
        target = b.slot("target");
        frozen = b.slot("root is frozen");
        wanted = b.slot("wanted path");
        make = b.slot("kind and mode");
        at = b.slot("part");
        end = b.slot("end of the part");
        divider = b.slot("divider");
        parent = b.slot("parent");
        length = b.slot("length");
        count = b.slot("links followed");
        tries = b.slot("tries");
        mask = b.slot("umask");
        above = b.slot("above");
        allowed = b.slot("allowed");
        goOn = b.slot("go on");
        cursor = b.slot("cursor");
        sources = b.buffer("sources", 4 * (files.mounts().size() + 1));
        capacity = 4 * (files.mounts().size() + files.tmpfs().size() + MOST_OF_ITS_OWN);
        writable = b.buffer("writable mounts", capacity);
        status = b.buffer("status", STATX_SIZE);
        otherStatus = b.buffer("other status", STATX_SIZE);
        link = b.buffer("link", 2 * PATH_MAX);
        find = b.label("find a target");
        ask = b.label("may this folder be written");
    }

    /** The path may hold no symbolic link. */
    Operand plainly() {
        return how(Linux.RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS");
    }

    private Operand how(int more, String name) {
        ByteBuffer how = ByteBuffer.allocate(HOW_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        how.putLong(0, Linux.O_PATH | Linux.O_CLOEXEC);
        how.putLong(16, Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS | more);
        String resolve = "RESOLVE_NO_MAGICLINKS|" + (more == 0 ? "" : name + "|") + "RESOLVE_IN_ROOT";
        return b.struct("{flags=O_RDONLY|O_PATH|O_CLOEXEC, resolve=" + resolve + "}", how.array());
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
        find(emitter, path, Linux.S_IFDIR | mode | MAY_BE_THE_ROOT, Manner.FOLDER);
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
                plainly(),
                Operand.number(HOW_SIZE));
        b.jump(found);
        b.place(hard);
        if (plain) {
            b.branch(target, Condition.NOT_EQUAL, -Linux.ENOENT, refused);
        }
        b.set(wanted, b.text(path.path()));
        b.set(make, ProcFiles.mayBeMountedOn(path) ? kind | MAY_BE_IN_PROC : kind);
        b.set(frame.returnTo, back);
        b.jump(find);
        b.place(back);
        if (manner == Manner.FOLDER) {
            Label unknown = b.label("what it is, is not known");
            b.branch(target, Condition.LESS, 0, refused);
            statx(target, status, "STATX_TYPE", Linux.STATX_TYPE, unknown);
            b.load(2, length, status, STX_MODE);
            b.compute(Arithmetic.AND, length, Operand.of(length), Operand.number(Linux.S_IFMT));
            b.branch(length, Condition.EQUAL, Linux.S_IFDIR, found);
            b.set(length, -Linux.ENOTDIR);
            b.place(unknown);
            b.set(target, Operand.of(length));
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
            if (4 * writableCount == capacity) {
                throw new IllegalStateException("more mounts than were counted");
            }
            b.store(4, writable, 4 * writableCount++, Operand.of(tree));
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
        return link;
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
        b.set(goOn, back);
        b.jump(ask);
        b.place(back);
        b.set(result, Operand.of(allowed));
        b.branch(allowed, Condition.NOT_EQUAL, 0, done);
        thawed(result, change);
        b.place(done);
    }

    /** Makes a change while a root that was made read-only is not; a root that stays writable is a failure. */
    private void thawed(Slot result, Runnable change) {
        if (!files.readOnly()) {
            change.run();
            return;
        }
        Label cold = b.label("root is as it came");
        Label done = b.label("root is frozen again");
        b.branch(frozen, Condition.EQUAL, 0, cold);
        MountCalls.freeze(b, root, false, above);
        b.set(result, Operand.of(above));
        b.branch(above, Condition.NOT_EQUAL, 0, done);
        b.place(cold);
        change.run();
        b.branch(frozen, Condition.EQUAL, 0, done);
        MountCalls.freeze(b, root, true, above);
        b.branch(above, Condition.EQUAL, 0, done);
        b.set(result, Operand.of(above));
        b.place(done);
    }

    /** Where the caller's working directory is kept. */
    Operand.Address folder() {
        if (folder == null) {
            folder = b.buffer("working directory", PATH_MAX);
        }
        return folder;
    }

    /** The routines, once all steps have been emitted. */
    void emitRoutines() {
        if (findIsUsed) {
            b.section("find or make a target, for the steps that mount", Trace.FOR_THE_LAST_STEP);
            emitFind();
            b.section("ask whether a folder lies on something that the spec put there", Trace.FOR_THE_LAST_STEP);
            emitAsk();
        }
    }

    /**
     * Opens the wanted path part by part, each time from the root so that links mean what they mean there, and makes the
     * first part that is missing in the folder before it, by its name alone.
     */
    private void emitFind() {
        Operand.Address path = frame.page;
        Label restart = b.label("walk the path");
        Label part = b.label("next part");
        Label again = b.label("open the part");
        Label opened = b.label("part is open");
        Label missing = b.label("part is missing");
        Label done = b.label("walk is over");
        b.place(find);
        b.set(count, 0);
        b.set(target, path);
        copyText(Operand.of(wanted), target);
        b.place(restart);
        b.set(parent, Operand.of(root));
        b.set(at, path.plus(1));
        b.place(part);
        b.scan(Operand.of(at), '/', end);
        b.load(1, divider, Operand.of(end), 0);
        b.store(1, Operand.of(end), 0, Operand.number(0));
        b.set(tries, 0);
        b.place(again);
        b.call(
                target,
                new OnError.Ignore(),
                Syscall.OPENAT2,
                Operand.of(root),
                path.shownAs("&path"),
                how(0, ""),
                Operand.number(HOW_SIZE));
        b.branch(target, Condition.AT_LEAST, 0, opened);
        b.branch(target, Condition.EQUAL, -Linux.ENOENT, missing);
        b.branch(target, Condition.NOT_EQUAL, -Linux.EAGAIN, done);
        b.add(tries, 1);
        b.branch(tries, Condition.LESS, MOST_TRIES, again);
        b.jump(done);
        b.place(missing);
        emitMake(done, again, restart);
        b.place(opened);
        b.set(parent, Operand.of(target));
        Label last = b.label("last part");
        b.branch(divider, Condition.EQUAL, 0, last);
        b.store(1, Operand.of(end), 0, Operand.number('/'));
        b.compute(Arithmetic.ADD, at, Operand.of(end), Operand.number(1));
        b.jump(part);
        b.place(last);
        b.branch(make, Condition.ANY_BIT, MAY_BE_THE_ROOT, done);
        refuseTheRootAndProc(done);
        b.place(done);
        b.jump(frame.returnTo);
    }

    /** Copies a text with its terminator to where a slot points; leaves the address of the terminator. */
    private void copyText(Operand from, Slot to) {
        b.scan(from, 0, length);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), from);
        b.copy(Operand.of(to), from, Operand.of(length), to);
        b.store(1, Operand.of(to), 0, Operand.number(0));
    }

    private void emitMake(Label done, Label again, Label restart) {
        Label mayMake = b.label("parent may be written");
        b.set(goOn, mayMake);
        b.jump(ask);
        b.place(mayMake);
        b.set(target, Operand.of(allowed));
        b.branch(target, Condition.NOT_EQUAL, 0, done);
        // It succeeds always (umask(2)), but for filters around the launcher: then there is nothing to restore.
        b.call(mask, new OnError.Ignore(), Syscall.UMASK, Operand.number(0));
        b.set(target, Operand.of(mask));
        b.branch(mask, Condition.LESS, 0, done);
        thawed(target, this::makePart);
        b.attempt(Syscall.UMASK, Operand.of(mask));
        b.branch(target, Condition.EQUAL, 0, again);
        b.branch(target, Condition.NOT_EQUAL, -Linux.EEXIST, done);
        followLink(done, again, restart);
    }

    private void makePart() {
        Label folder = b.label("make a folder");
        Label made = b.label("something was made");
        // A folder on the way has the language's default mode.
        b.set(length, FOLDER);
        b.branch(divider, Condition.NOT_EQUAL, 0, folder);
        Label unknown = b.label("what the tree is, is not known");
        emitKind(unknown);
        b.branch(length, Condition.ANY_BIT, Linux.S_IFDIR, folder);
        b.call(
                target,
                new OnError.Ignore(),
                Syscall.MKNODAT,
                Operand.of(parent),
                Operand.of(at),
                Operand.of(length),
                Operand.number(0));
        b.jump(made);
        b.place(unknown);
        b.set(target, Operand.of(length));
        b.jump(made);
        b.place(folder);
        b.compute(Arithmetic.AND, length, Operand.of(length), Operand.number(07777));
        b.call(target, new OnError.Ignore(), Syscall.MKDIRAT, Operand.of(parent), Operand.of(at), Operand.of(length));
        b.place(made);
    }

    /** What to make, where that follows from what is mounted on it. */
    private void emitKind(Label unknown) {
        Label known = b.label("kind is known");
        b.compute(Arithmetic.AND, length, Operand.of(make), Operand.number(KIND_AND_MODE));
        b.branch(length, Condition.NOT_EQUAL, LIKE_TREE, known);
        statx(tree, otherStatus, "STATX_TYPE", Linux.STATX_TYPE, unknown);
        b.load(2, length, otherStatus, STX_MODE);
        b.compute(Arithmetic.AND, length, Operand.of(length), Operand.number(Linux.S_IFMT));
        Label folder = b.label("tree is a folder");
        b.branch(length, Condition.EQUAL, Linux.S_IFDIR, folder);
        b.set(length, FILE);
        b.jump(known);
        b.place(folder);
        b.set(length, FOLDER);
        b.place(known);
    }

    /**
     * What is missing and cannot be made is a link that leads nowhere: what it says takes its place in the path. The kernel
     * would resolve it the same way, and each part is looked up under the root again.
     */
    private void followLink(Label done, Label again, Label restart) {
        Label relative = b.label("link is relative");
        Label tooLong = b.label("path is too long");
        b.add(count, 1);
        b.set(target, -Linux.ELOOP);
        b.branch(count, Condition.AT_LEAST, MOST_LINKS, done);
        b.call(
                target,
                new OnError.Ignore(),
                Syscall.READLINKAT,
                Operand.of(parent),
                Operand.of(at),
                link.shownAs("&link"),
                Operand.number(PATH_MAX - 1));
        // No link: somebody made the part in the meantime.
        b.branch(target, Condition.EQUAL, -Linux.EINVAL, again);
        b.branch(target, Condition.LESS, 0, done);
        b.compute(Arithmetic.ADD, above, link, Operand.of(target));
        b.store(1, Operand.of(above), 0, Operand.of(divider));
        b.store(1, Operand.of(end), 0, Operand.of(divider));
        Label whole = b.label("link ends the path");
        b.branch(divider, Condition.EQUAL, 0, whole);
        copyText(Operand.of(end), above);
        b.place(whole);
        // Both parts must fit into the page, with the path before them.
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(above), link);
        b.branch(length, Condition.AT_LEAST, PATH_MAX, tooLong);
        b.load(1, length, link, 0);
        b.set(target, Operand.of(at));
        b.branch(length, Condition.NOT_EQUAL, '/', relative);
        b.set(target, frame.page);
        b.place(relative);
        copyText(link, target);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(target), frame.page);
        b.branch(length, Condition.LESS, PATH_MAX, restart);
        b.place(tooLong);
        b.set(target, -Linux.ENAMETOOLONG);
        b.jump(done);
    }

    /**
     * A mount on the root would be seen by nobody, and leave the place that the spec names as it was. One in a procfs would
     * replace what others trust; paths that say so are refused before there is a plan, and here those that a link leads there.
     */
    private void refuseTheRootAndProc(Label done) {
        Label unknown = b.label("where it is, is not known");
        Label elsewhere = b.label("not in a procfs");
        b.branch(make, Condition.ANY_BIT, MAY_BE_IN_PROC, elsewhere);
        b.call(
                length,
                new OnError.GoTo(unknown),
                Syscall.FSTATFS,
                Operand.of(target),
                otherStatus.shownAs("&file system"));
        b.load(8, above, otherStatus, 0);
        b.set(length, -Linux.EXDEV);
        b.branch(above, Condition.EQUAL, Linux.PROC_SUPER_MAGIC, unknown);
        b.place(elsewhere);
        String fields = "STATX_INO|STATX_MNT_ID";
        statx(target, status, fields, Linux.STATX_INO | Linux.STATX_MNT_ID, unknown);
        statx(root, otherStatus, fields, Linux.STATX_INO | Linux.STATX_MNT_ID, unknown);
        sameField(STX_INO, done);
        sameField(STX_MNT_ID, done);
        b.set(length, -Linux.EINVAL);
        b.place(unknown);
        b.set(target, Operand.of(length));
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
                status);
        // Above the root is the root again, with what is mounted on it.
        emitter.must(
                Syscall.STATX,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/.."),
                Operand.number(0),
                mount,
                otherStatus);
        sameField(STX_MNT_ID, covered);
    }

    private void sameField(int offset, Label differs) {
        b.load(8, length, status, offset);
        b.load(8, above, otherStatus, offset);
        b.branch(length, Condition.NOT_EQUAL, Operand.of(above), differs);
    }

    /** Asks what a file is; where that fails, the negative errno is in {@link #length}. */
    private void statx(Slot file, Operand.Address into, String fields, int bits, Label failed) {
        b.call(
                length,
                new OnError.GoTo(failed),
                Syscall.STATX,
                Operand.of(file),
                b.text(""),
                Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH),
                Operand.named(fields, bits),
                into);
    }

    /**
     * Goes up from the parent, until it comes to a mount that the spec put there, or to the root, which is the caller's.
     *
     * <p>By mount, not by path: the parent is held open, and no renaming takes a folder from one mount to another.
     */
    private void emitAsk() {
        Label up = b.label("look at this mount");
        Label next = b.label("compare with the next");
        Label yes = b.label("the spec's");
        Label climb = b.label("one folder up");
        Label unknown = b.label("whose it is, is not known");
        b.place(ask);
        b.set(allowed, 0);
        if (files.rootfs() != null) {
            if (files.rootfs().overlay() == null) {
                // A rootfs may be the caller's own root by another name.
                statx(root, status, "STATX_INO", Linux.STATX_INO, unknown);
                b.call(
                        length,
                        new OnError.GoTo(unknown),
                        Syscall.STATX,
                        Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                        b.text("/"),
                        Operand.number(0),
                        Operand.named("STATX_INO", Linux.STATX_INO),
                        otherStatus);
                sameField(STX_INO, yes);
                sameField(STX_DEV, yes);
            } else {
                b.jump(goOn);
            }
        }
        b.set(tries, Operand.of(parent));
        b.place(up);
        statx(
                tries.as("folder above"),
                status,
                "STATX_INO|STATX_MNT_ID",
                Linux.STATX_INO | Linux.STATX_MNT_ID,
                unknown);
        b.set(cursor, writable);
        b.place(next);
        b.branch(cursor, Condition.AT_LEAST, writable.plus(4 * writableCount), climb);
        b.load(4, above, Operand.of(cursor), 0);
        b.add(cursor, 4);
        b.branch(above, Condition.EQUAL, 0, next);
        statx(above.as("mount"), otherStatus, "STATX_MNT_ID", Linux.STATX_MNT_ID, unknown);
        sameField(STX_MNT_ID, next);
        b.jump(goOn);
        b.place(climb);
        b.call(
                length,
                new OnError.GoTo(unknown),
                Syscall.OPENAT,
                Operand.of(tries.as("folder above")),
                b.text(".."),
                Operand.named("O_RDONLY|O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        b.set(tries, Operand.of(length));
        statx(
                tries.as("folder above"),
                otherStatus,
                "STATX_INO|STATX_MNT_ID",
                Linux.STATX_INO | Linux.STATX_MNT_ID,
                unknown);
        sameField(STX_INO, up);
        sameField(STX_DEV, up);
        sameField(STX_MNT_ID, up);
        b.set(length, -Linux.EROFS);
        b.place(unknown);
        b.set(allowed, Operand.of(length));
        b.place(yes);
        b.jump(goOn);
    }
}
