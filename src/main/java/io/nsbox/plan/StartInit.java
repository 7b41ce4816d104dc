package io.nsbox.plan;

import io.nsbox.diag.Span;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Starts the command as the child of the sandbox's first process, which stays as its init (pid_namespaces(7)).
 *
 * <p>The init waits for children and signals; it has no handler that could be hit half-way, and no file but the report
 * channel. It reaps what lost its parent, passes signals on to the command, and ends with the command's status, which ends all
 * others. It is under the same confinement as the command, but for the resource limits and the seccomp filter, which are made
 * for the command; of the capabilities it keeps CAP_KILL. It stays undumpable, so that nobody inside can trace it.
 */
record StartInit(Optional<Span> cause) implements Step {
    private static final int CAP_KILL = 5;

    /** Bytes of the message that says that the command has stopped; a refusal has 8. */
    static final int STOP_SIZE = 4;

    /** The size of what it says of a command that a signal ended, where a report is written. */
    static final int SIGNAL_SIZE = 2;

    @Override
    public String title() {
        return "start the command under an init";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot command = emitter.frame().pid.as("command");
        Slot retired = b.slot("retired");
        Slot retiring = b.slot("retiring");
        Label child = b.label("the command's process");
        emitter.pipe(retired, retiring);
        emitter.fork(Hints.of(RefusalHints.FORK), command);
        b.branch(command, Condition.EQUAL, 0, child);
        emitter.section(Phase.INIT);
        retire(emitter);
        b.section(Lowering.SUPERVISION, 0);
        serve(emitter, command);
        b.place(child);
        emitter.section(Phase.COMMAND);
        awaitInit(emitter, retired, retiring);
        emitter.terminal().ifPresent(terminal -> comeToFront(emitter, terminal));
    }

    /** The command begins only when the init has let go of everything: its end of the pipe is the last of that. */
    private static void awaitInit(Emitter emitter, Slot retired, Slot retiring) {
        Frame frame = emitter.frame();
        emitter.must(Syscall.CLOSE, Operand.of(retiring));
        emitter.must(Syscall.READ, Operand.of(retired), frame.words.shownAs("&nothing"), Operand.number(1));
        emitter.must(Syscall.CLOSE, Operand.of(retired));
    }

    /** A group of its own in the init's session: so Ctrl-Z stops it, and the init sees that. */
    private static void comeToFront(Emitter emitter, OwnTerminal terminal) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label shared = b.label("in the caller's session");
        Slot group = frame.scratch;
        b.branch(terminal.own, Condition.EQUAL, 0, shared);
        emitter.must(Syscall.SETPGID, Operand.number(0), Operand.number(0));
        b.call(group, new OnError.Ignore(), Syscall.GETPID);
        b.store(4, frame.words, 0, Operand.of(group));
        emitter.must(
                Syscall.IOCTL,
                Operand.number(0),
                Operand.named("TIOCSPGRP", Linux.TIOCSPGRP),
                frame.words.shownAs("&group"));
        b.place(shared);
    }

    /** Lets go of what an init does not need. Nothing here can be refused to somebody who was granted it before. */
    private static void retire(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot bound = frame.scratch;
        // Else what is sent to the whole group would reach the command twice. The leader of a session stays where it
        // is.
        b.attempt(Syscall.SETPGID, Operand.number(0), Operand.number(0));
        b.attempt(Syscall.CHDIR, b.text("/"));
        Label kept = b.label("CAP_KILL is kept");
        capabilities(b, bound, "{effective=1<<CAP_KILL, permitted=1<<CAP_KILL, inheritable=0}", 1 << CAP_KILL);
        b.branch(bound, Condition.EQUAL, 0, kept);
        capabilities(b, bound, "{effective=0, permitted=0, inheritable=0}", 0);
        b.place(kept);
        // Last, since one of these files keeps the command waiting: for ever, were it not closed.
        b.compute(Arithmetic.SUBTRACT, bound, Operand.of(frame.reportOut), Operand.number(1));
        emitter.must(
                Syscall.CLOSE_RANGE, Operand.number(0), Operand.of(bound.as("before the report")), Operand.number(0));
        b.compute(Arithmetic.ADD, bound, Operand.of(frame.reportOut), Operand.number(1));
        emitter.must(
                Syscall.CLOSE_RANGE,
                Operand.of(bound.as("after the report")),
                Operand.named("~0U", 0xffff_ffffL),
                Operand.number(0));
    }

    private static void capabilities(ProgramBuilder b, Slot result, String shown, int mask) {
        byte[] header = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2008_0522)
                .array();
        byte[] data = ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(mask)
                .putInt(mask)
                .array();
        b.call(
                result,
                new OnError.Ignore(),
                Syscall.CAPSET,
                b.struct("{_LINUX_CAPABILITY_VERSION_3, 0}", header),
                b.struct(shown, data));
    }

    private static void serve(Emitter emitter, Slot command) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot value = frame.scratch;
        Slot status = frame.scratch2;
        Slot group = frame.scratch3;
        Label reap = b.label("reap all that have ended");
        Label wait = b.label("wait for a signal");
        Label ended = b.label("the command has ended");
        Label exited = b.label("it exited by itself");
        b.place(reap);
        b.store(4, frame.siginfo, Linux.SI_PID, Operand.number(0));
        b.call(
                value,
                new OnError.GoTo(wait),
                Syscall.WAITID,
                Operand.named("P_ALL", Linux.P_ALL),
                Operand.number(0),
                frame.siginfo.shownAs("&info"),
                Operand.named("WEXITED|WSTOPPED|WNOHANG", Linux.WEXITED | Linux.WSTOPPED | Linux.WNOHANG),
                Operand.NULL);
        b.load(4, value, frame.siginfo, Linux.SI_PID);
        b.branch(value, Condition.EQUAL, 0, wait);
        b.branch(value, Condition.NOT_EQUAL, Operand.of(command), reap);
        b.load(4, value, frame.siginfo, Linux.SI_CODE);
        b.load(4, status, frame.siginfo, Linux.SI_STATUS);
        b.branch(value, Condition.NOT_EQUAL, Linux.CLD_STOPPED, ended);
        // A SIGSTOP is meant for that process alone.
        b.branch(status, Condition.EQUAL, Linux.SIGSTOP, reap);
        b.store(4, frame.words, 0, Operand.of(status));
        b.attempt(Syscall.WRITE, Operand.of(frame.reportOut), frame.words.shownAs("&stop"), Operand.number(STOP_SIZE));
        b.jump(reap);
        b.place(ended);
        b.branch(value, Condition.EQUAL, Linux.CLD_EXITED, exited);
        if (frame.commandSignal != null) {
            b.store(2, frame.words, 0, Operand.of(status));
            b.attempt(
                    Syscall.WRITE,
                    Operand.of(frame.reportOut),
                    frame.words.shownAs("&signal"),
                    Operand.number(SIGNAL_SIZE));
        }
        b.add(status, 128);
        b.place(exited);
        b.attempt(Syscall.EXIT_GROUP, Operand.of(status));

        b.place(wait);
        byte[] all = new byte[8];
        java.util.Arrays.fill(all, (byte) 0xff);
        b.call(
                value,
                new OnError.GoTo(reap),
                Syscall.RT_SIGTIMEDWAIT,
                b.struct("~[]", all),
                frame.siginfo.shownAs("&signal"),
                Operand.NULL,
                Operand.number(8));
        b.load(4, value, frame.siginfo, Linux.SI_SIGNO);
        b.branch(value, Condition.EQUAL, Linux.SIGCHLD, reap);
        b.attempt(Syscall.KILL, Operand.of(command), Operand.of(value.as("signal")));
        b.branch(value, Condition.NOT_EQUAL, Linux.SIGCONT, reap);
        // All that stopped with it, if it has a group of its own.
        b.compute(Arithmetic.SUBTRACT, group, Operand.number(0), Operand.of(command));
        b.attempt(Syscall.KILL, Operand.of(group.as("group of the command")), Operand.of(value.as("signal")));
        b.jump(reap);
    }
}
