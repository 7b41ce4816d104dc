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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The routine that finds a target which is not plainly there: it walks the path part by part under the root, follows links,
 * and makes what is missing where that may be done.
 */
final class WalkPath {
    /** Among the bits of kind and mode: nothing is mounted on it. */
    static final int MAY_BE_THE_ROOT = 1 << 16;
    /** Likewise: it is {@code /proc}, or a file there that may be replaced. */
    static final int MAY_BE_IN_PROC = 1 << 17;
    /** The bits below these. */
    private static final int KIND_AND_MODE = 0xffff;

    /** Bytes of a struct open_how (openat2(2)). */
    static final int HOW_SIZE = 24;

    /** Bytes of the longest path, with its terminator. */
    static final int PATH_MAX = 4096;
    /** As many links in a path as the kernel follows (path_resolution(7)). */
    private static final int MOST_LINKS = 40;
    /** Only a race makes openat2(2) answer EAGAIN; losing it so often is no accident. */
    private static final int MOST_TRIES = 1000;

    private final ProgramBuilder b;
    private final Frame frame;
    private final Slot root;
    private final Slot tree;
    private final Slot target;
    private final FileStatus status;
    private final FrozenRoot frozen;

    private final OwnMounts mounts;

    /** The folder that the part is in. */
    private final Slot parent;

    /** Room for what a symbolic link says. */
    final Operand.Address link;

    private final Slot wanted;
    private final Slot make;
    private final Slot at;
    private final Slot end;
    private final Slot divider;
    private final Slot count;
    private final Slot tries;
    private final Slot mask;
    private final Label find;

    /** The walk to what is wanted of {@code targets}, whose slots it shares. */
    WalkPath(ProgramBuilder builder, Frame frame, Targets targets) {
        this.b = builder;
        this.frame = frame;
        root = targets.root;
        tree = targets.tree;
        target = targets.target;
        status = targets.status;
        parent = targets.parent;
        tries = targets.tries;
        frozen = targets.frozenRoot;
        mounts = targets.mounts;
        wanted = b.slot("wanted path");
        make = b.slot("kind and mode");
        at = b.slot("part");
        end = b.slot("end of the part");
        divider = b.slot("divider");
        count = b.slot("links followed");
        mask = b.slot("umask");
        link = b.buffer("link", 2 * PATH_MAX);
        find = targets.find;
    }

    /** How a path is looked up in which no symbolic link may be. */
    static Operand plainly(ProgramBuilder b) {
        return how(b, Linux.RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS");
    }

    private static Operand how(ProgramBuilder b, int more, String name) {
        ByteBuffer how = ByteBuffer.allocate(HOW_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        how.putLong(0, Linux.O_PATH | Linux.O_CLOEXEC);
        how.putLong(16, Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS | more);
        String resolve = "RESOLVE_NO_MAGICLINKS|" + (more == 0 ? "" : name + "|") + "RESOLVE_IN_ROOT";
        return b.struct("{flags=O_RDONLY|O_PATH|O_CLOEXEC, resolve=" + resolve + "}", how.array());
    }

    /** Emits a walk; the target, or a negative errno, is known at the label. */
    void to(Operand path, int kindAndMode, Label back) {
        b.set(wanted, path);
        b.set(make, kindAndMode);
        b.callRoutine(find, frame.returnTo, back);
    }

    /**
     * Opens the wanted path part by part, each time from the root so that links mean what they mean there, and makes the
     * first part that is missing in the folder before it, by its name alone.
     */
    void emitRoutine() {
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
                how(b, 0, ""),
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
        b.scan(from, 0, status.length);
        b.compute(Arithmetic.SUBTRACT, status.length, Operand.of(status.length), from);
        b.copy(Operand.of(to), from, Operand.of(status.length), to);
        b.store(1, Operand.of(to), 0, Operand.number(0));
    }

    private void emitMake(Label done, Label again, Label restart) {
        Label mayMake = b.label("parent may be written");
        mounts.ask(mayMake);
        b.set(target, Operand.of(mounts.allowed));
        b.branch(target, Condition.NOT_EQUAL, 0, done);
        // It succeeds always (umask(2)), but for filters around the launcher: then there is nothing to restore.
        b.call(mask, new OnError.Ignore(), Syscall.UMASK, Operand.number(0));
        b.set(target, Operand.of(mask));
        b.branch(mask, Condition.LESS, 0, done);
        frozen.thawed(target, this::makePart);
        b.attempt(Syscall.UMASK, Operand.of(mask));
        b.branch(target, Condition.EQUAL, 0, again);
        b.branch(target, Condition.NOT_EQUAL, -Linux.EEXIST, done);
        followLink(done, again, restart);
    }

    private void makePart() {
        Label folder = b.label("make a folder");
        Label made = b.label("something was made");
        // A folder on the way has the language's default mode.
        b.set(status.length, Targets.FOLDER);
        b.branch(divider, Condition.NOT_EQUAL, 0, folder);
        Label unknown = b.label("what the tree is, is not known");
        emitKind(unknown);
        b.branch(status.length, Condition.ANY_BIT, Linux.S_IFDIR, folder);
        b.call(
                target,
                new OnError.Ignore(),
                Syscall.MKNODAT,
                Operand.of(parent),
                Operand.of(at),
                Operand.of(status.length),
                Operand.number(0));
        b.jump(made);
        b.place(unknown);
        b.set(target, Operand.of(status.length));
        b.jump(made);
        b.place(folder);
        b.compute(Arithmetic.AND, status.length, Operand.of(status.length), Operand.number(07777));
        b.call(
                target,
                new OnError.Ignore(),
                Syscall.MKDIRAT,
                Operand.of(parent),
                Operand.of(at),
                Operand.of(status.length));
        b.place(made);
    }

    /** What to make, where that follows from what is mounted on it. */
    private void emitKind(Label unknown) {
        Label known = b.label("kind is known");
        b.compute(Arithmetic.AND, status.length, Operand.of(make), Operand.number(KIND_AND_MODE));
        b.branch(status.length, Condition.NOT_EQUAL, Targets.LIKE_TREE, known);
        status.statx(tree, status.second, "STATX_TYPE", Linux.STATX_TYPE, unknown);
        b.load(2, status.length, status.second, Linux.STX_MODE);
        b.compute(Arithmetic.AND, status.length, Operand.of(status.length), Operand.number(Linux.S_IFMT));
        Label folder = b.label("tree is a folder");
        b.branch(status.length, Condition.EQUAL, Linux.S_IFDIR, folder);
        b.set(status.length, Targets.FILE);
        b.jump(known);
        b.place(folder);
        b.set(status.length, Targets.FOLDER);
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
        b.compute(Arithmetic.ADD, status.above, link, Operand.of(target));
        b.store(1, Operand.of(status.above), 0, Operand.of(divider));
        b.store(1, Operand.of(end), 0, Operand.of(divider));
        Label whole = b.label("link ends the path");
        b.branch(divider, Condition.EQUAL, 0, whole);
        copyText(Operand.of(end), status.above);
        b.place(whole);
        // Both parts must fit into the page, with the path before them.
        b.compute(Arithmetic.SUBTRACT, status.length, Operand.of(status.above), link);
        b.branch(status.length, Condition.AT_LEAST, PATH_MAX, tooLong);
        b.load(1, status.length, link, 0);
        b.set(target, Operand.of(at));
        b.branch(status.length, Condition.NOT_EQUAL, '/', relative);
        b.set(target, frame.page);
        b.place(relative);
        copyText(link, target);
        b.compute(Arithmetic.SUBTRACT, status.length, Operand.of(target), frame.page);
        b.branch(status.length, Condition.LESS, PATH_MAX, restart);
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
                status.length,
                new OnError.GoTo(unknown),
                Syscall.FSTATFS,
                Operand.of(target),
                status.second.shownAs("&file system"));
        b.load(8, status.above, status.second, 0);
        b.set(status.length, -Linux.EXDEV);
        b.branch(status.above, Condition.EQUAL, Linux.PROC_SUPER_MAGIC, unknown);
        b.place(elsewhere);
        String fields = "STATX_INO|STATX_MNT_ID";
        status.statx(target, status.first, fields, Linux.STATX_INO | Linux.STATX_MNT_ID, unknown);
        status.statx(root, status.second, fields, Linux.STATX_INO | Linux.STATX_MNT_ID, unknown);
        status.sameField(Linux.STX_INO, done);
        status.sameField(Linux.STX_MNT_ID, done);
        b.set(status.length, -Linux.EINVAL);
        b.place(unknown);
        b.set(target, Operand.of(status.length));
    }
}
