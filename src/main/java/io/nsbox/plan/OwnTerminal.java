package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Tty;
import io.nsbox.spec.User;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The pseudo-terminal of the sandbox's own (pty(7), ioctl_tty(2)): how it is opened and becomes the command's.
 *
 * <p>What the command writes to its terminal, or pushes into it with TIOCSTI, stays on this side: the caller's terminal is no
 * file of the sandbox. {@link Relay} carries the bytes between the two.
 */
final class OwnTerminal {
    static final int TCGETS = 0x5401;
    static final int TCSETS = 0x5402;
    static final int TIOCGWINSZ = 0x5413;
    static final int TIOCSWINSZ = 0x5414;
    private static final int TIOCSCTTY = 0x540e;
    private static final int TIOCSPTLCK = 0x4004_5431;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int O_NOCTTY = 0x100;

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;

    /** Whether there is a terminal of the sandbox's own: 1 or 0. */
    final Slot own;
    /** Whether standard input is a terminal: 1 or 0. */
    final Slot inIsTerminal;
    /** The side of the pseudo-terminal that the launcher has; -1 where it has none. */
    final Slot master;
    /** The side that the command has. */
    final Slot slave;
    /** What the launcher reads for it: the caller's input, or -1 once that has ended. */
    final Slot in;
    /** Where the launcher writes what it shows. */
    final Slot out;
    /** A struct winsize. */
    final Operand.Address size;

    /** The modes of the caller's. */
    final CallersModes modes;

    private final PassMaster pass;

    private final Tty tty;
    private final boolean ofHost;

    /**
     * A terminal that is wanted so.
     *
     * @param ofHost whether it is one of the caller's devpts, opened by the launcher, and not one of the sandbox's
     */
    OwnTerminal(Emitter emitter, Tty tty, boolean ofHost) {
        this.tty = tty;
        this.ofHost = ofHost;
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        own = b.slot("own terminal");
        inIsTerminal = b.slot("input is a terminal");
        master = b.slot("master");
        slave = b.slot("terminal of the sandbox");
        in = b.slot("input");
        out = b.slot("output");
        size = b.buffer("size", 8);
        modes = new CallersModes(b, frame);
        pass = new PassMaster(emitter);
    }

    /** Emits, for the launcher, the decision whether there is one; goes on at the label if not. */
    void decide(Label none) {
        b.set(own, 0);
        b.set(master, -1);
        b.set(inIsTerminal, 0);
        b.set(modes.known, 0);
        Slot result = frame.scratch;
        Label decided = b.label("a terminal is wanted");
        Label blind = b.label("input is no terminal");
        b.call(
                result,
                new OnError.GoTo(tty == Tty.AUTO ? none : blind),
                Syscall.IOCTL,
                Operand.number(0),
                Operand.named("TCGETS", TCGETS),
                modes.saved.shownAs("&modes"));
        b.set(inIsTerminal, 1);
        // To a job in the background the terminal shows the modes of who is in front.
        Label background = b.label("in the background at first");
        branchIfElsewhere(frame.terminal, frame.foreground, background);
        b.set(modes.known, 1);
        b.place(background);
        b.place(blind);
        if (tty == Tty.AUTO) {
            b.call(
                    result,
                    new OnError.GoTo(none),
                    Syscall.IOCTL,
                    Operand.number(1),
                    Operand.named("TCGETS", TCGETS),
                    frame.words.shownAs("&modes of the output"));
        }
        b.place(decided);
        b.set(own, 1);
        askSize();
    }

    /** Asks the caller's terminal how large it is; where there is none the size stays what it is. */
    void askSize() {
        Label known = b.label("size is known");
        for (int stream = 0; stream < 2; stream++) {
            b.call(
                    frame.scratch,
                    new OnError.Ignore(),
                    Syscall.IOCTL,
                    Operand.number(stream),
                    Operand.named("TIOCGWINSZ", TIOCGWINSZ),
                    size.shownAs("&size"));
            b.branch(frame.scratch, Condition.EQUAL, 0, known);
        }
        b.place(known);
    }

    /** Opens a pseudo-terminal of the caller's devpts. */
    void openOfHost() {
        open(Operand.named("AT_FDCWD", Linux.AT_FDCWD), b.text("/dev/ptmx"));
    }

    /** Opens a pseudo-terminal of a new devpts, given by its mount; who the command is owns it. */
    void openIn(Slot devpts, java.util.Optional<User> user) {
        Label none = b.label("no terminal to open");
        b.branch(own, Condition.EQUAL, 0, none);
        open(Operand.of(devpts), b.text("ptmx"));
        handOver(user);
        b.place(none);
    }

    /** Likewise, of a devpts of the sandbox's that is entered: its ptmx must be the devpts' own, and nothing mounted over it. */
    void openInEntered(Slot devpts, java.util.Optional<User> user) {
        ByteBuffer how = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        how.putLong(Linux.O_RDWR | O_NOCTTY | Linux.O_NONBLOCK | Linux.O_CLOEXEC)
                .putLong(0)
                .putLong(Linux.RESOLVE_NO_XDEV
                        | Linux.RESOLVE_NO_MAGICLINKS
                        | Linux.RESOLVE_NO_SYMLINKS
                        | Linux.RESOLVE_BENEATH);
        emitter.must(
                ENTERED,
                master,
                Syscall.OPENAT2,
                Operand.of(devpts),
                b.text("ptmx"),
                b.struct(
                        "{flags=O_RDWR|O_NOCTTY|O_NONBLOCK|O_CLOEXEC,"
                                + " resolve=RESOLVE_NO_XDEV|RESOLVE_NO_MAGICLINKS|RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH}",
                        how.array()),
                Operand.number(24));
        openPeer();
        handOver(user);
    }

    private void handOver(java.util.Optional<User> user) {
        giveTo(user);
        pass.send(master);
        b.attempt(Syscall.CLOSE, Operand.of(master));
        take();
    }

    /** Gives the terminal to the command's user, so that it can be opened by its name; not all may. */
    void giveTo(java.util.Optional<User> user) {
        user.ifPresent(who -> b.attempt(
                Syscall.FCHOWN,
                Operand.of(slave),
                Operand.named(Long.toString(who.uid()), who.uid()),
                Operand.number(-1)));
    }

    private void open(Operand folder, Operand path) {
        emitter.must(
                HINTS,
                master,
                Syscall.OPENAT,
                folder,
                path,
                Operand.named(
                        "O_RDWR|O_NOCTTY|O_NONBLOCK|O_CLOEXEC",
                        Linux.O_RDWR | O_NOCTTY | Linux.O_NONBLOCK | Linux.O_CLOEXEC));
        openPeer();
    }

    private void openPeer() {
        // A refusal shows at the next call.
        b.attempt(
                Syscall.IOCTL,
                Operand.of(master),
                Operand.named("TIOCSPTLCK", TIOCSPTLCK),
                b.struct("[0]", new byte[8]));
        emitter.must(
                HINTS,
                slave,
                Syscall.IOCTL,
                Operand.of(master),
                Operand.named("TIOCGPTPEER", TIOCGPTPEER),
                Operand.named("O_RDWR|O_NOCTTY|O_CLOEXEC", Linux.O_RDWR | O_NOCTTY | Linux.O_CLOEXEC));
        Label plain = b.label("modes stay");
        b.branch(modes.known, Condition.EQUAL, 0, plain);
        b.attempt(Syscall.IOCTL, Operand.of(slave), Operand.named("TCSETS", TCSETS), modes.saved.shownAs("&modes"));
        b.place(plain);
        b.attempt(Syscall.IOCTL, Operand.of(slave), Operand.named("TIOCSWINSZ", TIOCSWINSZ), size.shownAs("&size"));
    }

    /**
     * Emits, for the launcher once the sandbox's process exists, that it keeps its own side only, and reads and writes the
     * caller's terminal without waiting for it.
     *
     * <p>As files of its own: O_NONBLOCK on the caller's would be seen by the caller's other processes too.
     */
    void keepOwnSide() {
        Label none = b.label("nothing to keep");
        b.branch(own, Condition.EQUAL, 0, none);
        if (ofHost) {
            b.attempt(Syscall.CLOSE, Operand.of(slave));
        }
        b.set(in, 0);
        b.set(out, 1);
        Label noInput = b.label("input is shared");
        b.branch(inIsTerminal, Condition.EQUAL, 0, noInput);
        reopen(in, "/proc/self/fd/0", "O_RDONLY", Linux.O_RDONLY, noInput);
        b.place(noInput);
        Label noOutput = b.label("output is shared");
        b.call(
                frame.scratch,
                new OnError.GoTo(noOutput),
                Syscall.IOCTL,
                Operand.number(1),
                Operand.named("TCGETS", TCGETS),
                frame.words.shownAs("&modes of the output"));
        reopen(out, "/proc/self/fd/1", "O_WRONLY", Linux.O_WRONLY, noOutput);
        b.place(noOutput);
        b.place(none);
    }

    private void reopen(Slot into, String path, String name, int mode, Label failed) {
        b.call(
                frame.scratch,
                new OnError.GoTo(failed),
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(path),
                Operand.named(
                        name + "|O_NOCTTY|O_NONBLOCK|O_CLOEXEC", mode | O_NOCTTY | Linux.O_NONBLOCK | Linux.O_CLOEXEC));
        b.set(into, Operand.of(frame.scratch));
    }

    /** Emits, for the guard, that it has no side of the terminal, which must be able to hang up. */
    void leave() {
        if (ofHost) {
            Label none = b.label("no terminal to leave");
            b.branch(own, Condition.EQUAL, 0, none);
            b.attempt(Syscall.CLOSE, Operand.of(master));
            b.place(none);
        }
    }

    private static final String NO_TERMINAL = "write `tty: false` to share the caller's terminal";

    private static final String CHANGED =
            "the sandbox has changed its /dev/pts: run the command without a terminal, as in"
                    + " `nsbox exec NAME -- WORDS | cat`";

    static final Hints ENTERED = Hints.on(Linux.ENOENT, CHANGED)
            .and(Linux.ENOTDIR, CHANGED)
            .and(Linux.ELOOP, CHANGED)
            .and(Linux.EXDEV, CHANGED)
            .and(Linux.ENODEV, CHANGED)
            .and(Linux.ENOSPC, "see kernel.pty.max");

    private static final Hints HINTS =
            Hints.on(Linux.ENOENT, NO_TERMINAL).and(Linux.EACCES, NO_TERMINAL).and(Linux.ENOSPC, "see kernel.pty.max");

    /** Makes the terminal the controlling one of a new session, and the process's standard streams. */
    void take() {
        emitter.must(Syscall.SETSID);
        emitter.must(Syscall.IOCTL, Operand.of(slave), Operand.named("TIOCSCTTY", TIOCSCTTY), Operand.number(0));
        for (int stream = 0; stream < 2; stream++) {
            emitter.must(Syscall.DUP3, Operand.of(slave), Operand.number(stream), Operand.number(0));
        }
        Label kept = b.label("standard error stays");
        if (tty == Tty.AUTO) {
            // What was sent elsewhere on purpose stays there; but no file of the sandbox is the caller's terminal.
            b.call(
                    frame.scratch,
                    new OnError.GoTo(kept),
                    Syscall.IOCTL,
                    Operand.number(2),
                    Operand.named("TCGETS", TCGETS),
                    frame.words.shownAs("&modes of the errors"));
        }
        emitter.must(Syscall.DUP3, Operand.of(slave), Operand.number(2), Operand.number(0));
        b.place(kept);
    }

    /** Takes the master that the sandbox's process sent; the slot receives what recvmsg(2) returned. */
    void receiveMaster(Slot result) {
        pass.receive(master, result);
    }

    /** Whether it is one of the caller's devpts. */
    boolean isOfHost() {
        return ofHost;
    }

    /** Goes on at the label where the terminal listens to a group that is not this job's. */
    void branchIfElsewhere(Slot refused, Operand.Address group, Label elsewhere) {
        Label unknown = b.label("it is nobody's");
        b.branch(refused, Condition.NOT_EQUAL, 0, unknown);
        b.call(frame.scratch, new OnError.Ignore(), Syscall.GETPGID, Operand.number(0));
        b.load(4, frame.scratch3, group, 0);
        b.branch(frame.scratch, Condition.NOT_EQUAL, Operand.of(frame.scratch3), elsewhere);
        b.place(unknown);
    }
}
