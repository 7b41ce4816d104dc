package io.nsbox.plan;

import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.spec.Namespace;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables and buffers that steps share.
 *
 * <p>What every launcher touches comes first, so that it shares a page with the slots.
 */
final class Frame {
    /** How many environment variables a command can inherit; those that the spec names come on top. */
    static final int MOST_INHERITED = 4096;

    /** A message's parts: heading 4, errno 1, place 3, note 3, subject 3, help 3, line break 1. */
    private static final int MOST_PARTS = 18;

    private static final int PATH_MAX = 4096;

    /** A text that is put together when the launcher runs. */
    record Text(Operand.Address start, Slot length) {}

    /** The files of the namespaces that are joined. */
    final Map<Namespace, Slot> namespaceFiles = new EnumMap<>(Namespace.class);

    /** Where the launcher goes on, and where its first child does when refused, if another process starts the sandbox's. */
    record Stage(Label launcher, Label failed, Slot pid) {}

    @Nullable
    Stage stage;

    /** The file that shifts the clocks, where it has to be opened early. */
    @Nullable
    Slot clocks;

    /** The pidfd of the first process of a sandbox that is entered. */
    @Nullable
    Slot sandbox;

    /**
     * What a launcher in the background has: the pipe to the caller, that on which the start shows, its other end, and the
     * null device.
     */
    record Background(Slot tell, Slot runs, Slot starts, Slot nothing) {}

    @Nullable
    Background background;

    /** The lock that is the sandbox's name, where it has one. */
    @Nullable
    Slot lock;

    /** The signal that ended the command of an init, where a report is to tell it; 0 if none did. */
    @Nullable
    Slot commandSignal;

    /** Where the exit status is written to, if anywhere. */
    @Nullable
    Slot statusFile;

    /** Where the command's output goes, if not to the caller's. */
    @Nullable
    Slot output;

    /** The id maps that hold the caller's own id. */
    final Map<IdKind, Text> mapTexts = new EnumMap<>(IdKind.class);

    /** The child's pid as the launcher sees it; 0 in the child itself. */
    final Slot pid;
    /** Whether the child exists. */
    final Slot childExists;
    /** The child's pidfd. */
    final Slot pidfd;
    /** The guard's pid; 0 where there is none, and in the guard itself. */
    final Slot guard;
    /** The launcher's end of the report channel. */
    final Slot reportIn;
    /** The sandbox's end of the report channel. */
    final Slot reportOut;
    /** The signalfd. */
    final Slot signals;
    /** The timerfd, or -1. */
    final Slot timer;
    /** Whether the caller holds CAP_SETUID and CAP_SETGID: 1 or 0. */
    final Slot mayMap;
    /** Effective user id of the caller. */
    final Slot uid;
    /** Effective group id of the caller. */
    final Slot gid;
    /** 0 where the caller's terminal was found on standard input. */
    final Slot terminal;
    /** Scratch, never kept across a step. */
    final Slot scratch;
    /** Scratch, never kept across a step. */
    final Slot scratch2;
    /** Scratch, never kept across a step. */
    final Slot scratch3;
    /** Scratch, never kept across a step. */
    final Slot scratch4;
    /** Scratch, never kept across a step. */
    final Slot scratch5;
    /** Where a subroutine returns to. */
    final Slot returnTo;
    /** Start of the command's PATH. */
    final Slot path;
    /** The environment array's next free entry. */
    final Slot envEnd;

    /** The host's /dev. */
    final Slot hostDev;
    /** The sandbox's own /dev. */
    final Slot dev;
    /** The null device, which was looked at. */
    final Slot nullDevice;
    /** Whether {@link #nullDevice} is mounted somewhere inside, so that it can be copied. */
    final Slot nullIsMounted;
    /** The folder of the sandbox's first process in the caller's /proc. */
    final Slot ownProc;

    /** Two ints: the report channel's ends. */
    final Operand.Address pair;
    /** Where clone3(2) puts the pidfd. */
    final Operand.Address pidfdCell;
    /**
     * Pollfds: pidfd, signals, timer; then, where they are watched, the report channel and the three of a {@link Relay}; for a
     * launcher in the background, which has no relay, the fifth is the start of the sandbox.
     */
    final Operand.Address polls;
    /** A struct timespec of zeros: do not wait. Writable, because ppoll(2) writes back what is left. */
    final Operand.Address noTime;
    /** A siginfo_t, or a signalfd_siginfo. */
    final Operand.Address siginfo;
    /** The foreground process group at the start. */
    final Operand.Address foreground;
    /** Numbers, map lines and /proc paths. */
    final Operand.Address words;
    /** The iovecs of a message. */
    final Operand.Address message;
    /** The command's environment. */
    final Operand.Address environment;
    /** A path that is being put together, or a file that is being read. */
    final Operand.Address page;

    /** The background that the launcher is in. */
    Background background() {
        return java.util.Objects.requireNonNull(background);
    }

    /** Makes them; {@code named} is how many environment variables the spec names. */
    Frame(ProgramBuilder builder, int named) {
        pid = builder.slot("pid");
        childExists = builder.slot("child exists");
        pidfd = builder.slot("pidfd");
        guard = builder.slot("guard");
        reportIn = builder.slot("report");
        reportOut = builder.slot("report of the sandbox");
        signals = builder.slot("signals");
        timer = builder.slot("timer");
        mayMap = builder.slot("may map ids");
        uid = builder.slot("uid");
        gid = builder.slot("gid");
        terminal = builder.slot("terminal");
        scratch = builder.slot("a");
        scratch2 = builder.slot("b");
        scratch3 = builder.slot("c");
        scratch4 = builder.slot("d");
        scratch5 = builder.slot("e");
        returnTo = builder.slot("return");
        path = builder.slot("PATH");
        envEnd = builder.slot("environment end");
        hostDev = builder.slot("host dev");
        dev = builder.slot("dev");
        nullDevice = builder.slot("null");
        nullIsMounted = builder.slot("null is mounted");
        ownProc = builder.slot("own proc");
        pair = builder.buffer("report channel", 8);
        pidfdCell = builder.buffer("pidfd", 4);
        polls = builder.buffer("poll set", 56);
        noTime = builder.buffer("no time", 16).shownAs("{0s}");
        siginfo = builder.buffer("siginfo", 128);
        foreground = builder.buffer("foreground group", 4);
        words = builder.buffer("words", 512);
        message = builder.buffer("message", 16 * MOST_PARTS);
        environment =
                builder.buffer("environment", 8 * (MOST_INHERITED + named + 2)).shownAs("environment");
        page = builder.buffer("page", 2 * PATH_MAX);
    }
}
