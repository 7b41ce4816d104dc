package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.Arrays;

/**
 * Blocks every signal, so that the launcher reads them from a queue and none can end it half-way, and gives every signal
 * but SIGHUP its default disposition, which the command inherits.
 *
 * <p>An inherited "ignore" of SIGCHLD would make the kernel drop the command's exit status, and of SIGINT would make the
 * command deaf to Ctrl-C. SIGHUP keeps what the caller chose, because that is how nohup(1) works.
 */
final class TakeSignals implements Step {
    private static final int SIGSET_SIZE = 8;
    private static final int SIG_SETMASK = 2;

    @Override
    public String title() {
        return "block and reset signals";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        byte[] all = new byte[SIGSET_SIZE];
        Arrays.fill(all, (byte) 0xff);
        Operand everySignal = b.struct("~[]", all);
        emitter.must(
                Syscall.RT_SIGPROCMASK,
                Operand.named("SIG_SETMASK", SIG_SETMASK),
                everySignal,
                Operand.NULL,
                Operand.number(SIGSET_SIZE));
        // struct kernel_sigaction: handler, flags, restorer, mask; all zero is SIG_DFL on both architectures.
        Operand defaultAction = b.struct("{SIG_DFL}", new byte[32]);
        Slot signal = frame.scratch.as("signal");
        Label loop = b.label("reset signal");
        Label next = b.label("next signal");
        b.set(signal, Linux.SIGHUP + 1);
        b.place(loop);
        b.branch(signal, Condition.EQUAL, Linux.SIGKILL, next);
        b.branch(signal, Condition.EQUAL, Linux.SIGSTOP, next);
        emitter.must(
                Syscall.RT_SIGACTION, Operand.of(signal), defaultAction, Operand.NULL, Operand.number(SIGSET_SIZE));
        b.place(next);
        b.compute(Arithmetic.ADD, signal, Operand.of(signal), Operand.number(1));
        b.branch(signal, Condition.LESS, Linux.SIGNAL_COUNT + 1, loop);
        emitter.must(
                frame.signals,
                Syscall.SIGNALFD4,
                Operand.number(-1),
                everySignal,
                Operand.number(SIGSET_SIZE),
                Operand.named("SFD_CLOEXEC|SFD_NONBLOCK", Linux.O_CLOEXEC | Linux.O_NONBLOCK));
    }
}
