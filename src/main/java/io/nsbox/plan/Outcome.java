package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Ulimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a run went, in the launcher's slots: what the report tells, and the exit status. */
final class Outcome {
    /** The size of a struct rusage (getrusage(2)). */
    static final int RUSAGE_SIZE = 144;

    /* Where struct rusage has the times, each a struct timeval. */
    static final int UTIME = 0;
    static final int STIME = 16;

    private static final int TIMED_OUT = 124;
    private static final int SIGXCPU = 24;
    private static final int SIGXFSZ = 25;
    private static final int MILLION = 1_000_000;

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final SandboxSpec spec;

    /** When it all began, by the real-time clock: a struct timespec. */
    final Operand.Address started;
    /** Likewise, by the monotonic clock. */
    final Operand.Address startedMonotonic;
    /** What the command used: a struct rusage. */
    final Operand.Address usage;
    /** Whether that is known: 1 or 0. */
    final Slot usageKnown;
    /** The launcher's exit status. */
    final Slot status;
    /** The address of the report's word for why it ended; 0 while that is not decided. */
    final Slot reason;
    /** The command's own exit code, or -1. */
    final Slot exitCode;
    /** The signal that ended it, or -1. */
    final Slot signal;
    /** The refused step's entry in the table of refusals, or 0. */
    final Slot step;

    Outcome(Emitter emitter, SandboxSpec spec) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.spec = spec;
        started = b.buffer("start", 16);
        startedMonotonic = b.buffer("start of the clock", 16);
        usage = b.buffer("usage", RUSAGE_SIZE);
        usageKnown = b.slot("usage is known");
        status = b.slot("exit status");
        reason = b.slot("reason");
        exitCode = b.slot("exit code");
        signal = b.slot("signal of the end");
        step = b.slot("refused step");
    }

    /** The command ran; its end is in the siginfo. The launcher's own will holds where it is not negative. */
    void ofCommand(Slot forced, Slot exitStatus) {
        Slot code = frame.scratch;
        Label exited = b.label("it exited by itself");
        Label told = b.label("how it ended is known");
        Label passed = b.label("no signal was passed on");
        b.set(status, Operand.of(exitStatus));
        b.set(step, 0);
        b.set(reason, 0);
        b.set(exitCode, -1);
        b.set(signal, -1);
        b.load(4, code, frame.siginfo, Linux.SI_CODE);
        b.branch(code, Condition.EQUAL, Linux.CLD_EXITED, exited);
        b.load(4, signal, frame.siginfo, Linux.SI_STATUS);
        if (frame.commandSignal != null) {
            // The command ended with its init, which has waited for nobody: what is known is the init's own.
            b.set(usageKnown, 0);
        }
        b.jump(told);
        b.place(exited);
        b.load(4, exitCode, frame.siginfo, Linux.SI_STATUS);
        if (frame.commandSignal != null) {
            // An init exits with 128 + n, as a shell does, and told the launcher why.
            b.branch(frame.commandSignal, Condition.EQUAL, 0, told);
            b.set(signal, Operand.of(frame.commandSignal));
            b.set(exitCode, -1);
        }
        b.place(told);
        Label own = b.label("nothing was forced");
        Label notBlind = b.label("supervision went on");
        b.branch(forced, Condition.LESS, 0, own);
        b.branch(forced, Condition.NOT_EQUAL, Refusal.SETUP, notBlind);
        b.set(reason, b.text("setup"));
        b.jump(own);
        b.place(notBlind);
        b.branch(forced, Condition.NOT_EQUAL, TIMED_OUT, passed);
        b.set(reason, b.text("timeout"));
        b.jump(own);
        // PID 1 without a handler: the launcher did to it what the signal does to everybody else.
        b.place(passed);
        b.set(reason, b.text("signalled"));
        b.set(exitCode, -1);
        b.compute(Arithmetic.SUBTRACT, signal, Operand.of(forced), Operand.number(128));
        b.place(own);
    }

    /** The command's end was lost. */
    void ofLoss() {
        b.set(status, Refusal.SETUP);
        b.set(reason, b.text("setup"));
        b.set(exitCode, -1);
        b.set(signal, -1);
        b.set(step, 0);
    }

    /**
     * A step was refused, as the failure's slots tell; all refusals must be known.
     *
     * @param told whether a report tells which step it was
     */
    void ofRefusal(List<NumberedStep> steps, boolean told) {
        List<Refusal> refusals = emitter.refusals();
        ByteBuffer table = ByteBuffer.allocate(16 * refusals.size()).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Operand.Address> texts = new LinkedHashMap<>();
        for (int i = 0; i < refusals.size(); i++) {
            Refusal refusal = refusals.get(i);
            NumberedStep numbered = steps.get(refusal.step() - 1);
            if (told) {
                texts.put(16 * i, b.text(ReportText.step(numbered, steps.size())));
                texts.put(16 * i + 4, b.text(ReportText.quote(refusal.call())));
                texts.put(16 * i + 8, b.text(ReportText.place(numbered)));
            }
            table.putInt(16 * i + 12, refusal.status());
        }
        b.compute(Arithmetic.AND, step, Operand.of(Slot.TAG), Operand.number(OnError.FAIL_BIT - 1));
        b.compute(Arithmetic.SHIFT_LEFT, step, Operand.of(step), Operand.number(4));
        b.compute(Arithmetic.ADD, step, Operand.of(step), b.table("refused steps", table.array(), texts));
        b.load(4, status, Operand.of(step), 12);
        b.set(reason, b.text("setup"));
        b.set(exitCode, -1);
        b.set(signal, -1);
    }

    /**
     * Why a command ended that neither the launcher nor itself ended.
     *
     * <p>A shell exits with 128 + n where signal n has ended what it ran. Where the sandbox has the limit that sends this signal,
     * and for memory the kernel has told of it, that is the reason all the same.
     */
    void decide(Slot oomKills) {
        Slot seconds = frame.scratch;
        Slot micros = frame.scratch2;
        Slot part = frame.scratch3;
        Label decided = b.label("the reason is known");
        Slot by = frame.scratch4;
        Label bySignal = b.label("a signal ended it");
        Label ask = b.label("look for a limit");
        Label byLimit = b.label("a limit ended it");
        Label notKilled = b.label("not by SIGKILL");
        Label notOom = b.label("memory was enough");
        b.branch(reason, Condition.NOT_EQUAL, 0, decided);
        b.branch(signal, Condition.AT_LEAST, 0, bySignal);
        b.set(reason, b.text("exited"));
        b.compute(Arithmetic.SUBTRACT, by, Operand.of(exitCode), Operand.number(128));
        notWithoutLimit(ResourceLimit.CPU, by, SIGXCPU, decided);
        notWithoutLimit(ResourceLimit.FSIZE, by, SIGXFSZ, decided);
        b.jump(ask);
        b.place(bySignal);
        b.set(reason, b.text("signalled"));
        b.set(by, Operand.of(signal));
        b.place(ask);
        b.branch(by, Condition.EQUAL, SIGXCPU, byLimit);
        b.branch(by, Condition.EQUAL, SIGXFSZ, byLimit);
        b.branch(by, Condition.NOT_EQUAL, Linux.SIGKILL, notKilled);
        b.branch(oomKills, Condition.LESS, 1, notOom);
        b.set(reason, b.text("oom"));
        b.jump(decided);
        b.place(notOom);
        Ulimit cpu = spec.confinement().ulimits().get(ResourceLimit.CPU);
        if (cpu != null && cpu.hard() != Ulimit.UNLIMITED && cpu.hard() < Integer.MAX_VALUE) {
            Label carry = b.label("carry the seconds");
            Label carried = b.label("seconds are added up");
            b.load(8, seconds, usage, UTIME);
            b.load(8, part, usage, STIME);
            b.compute(Arithmetic.ADD, seconds, Operand.of(seconds), Operand.of(part));
            b.load(8, micros, usage, UTIME + 8);
            b.load(8, part, usage, STIME + 8);
            b.compute(Arithmetic.ADD, micros, Operand.of(micros), Operand.of(part));
            // The clock that ends a process counts ticks, and what is told afterwards is measured: on a busy machine
            // the two
            // differ widely. So half of the limit is taken for all of it.
            b.compute(Arithmetic.SHIFT_LEFT, seconds, Operand.of(seconds), Operand.number(1));
            b.compute(Arithmetic.SHIFT_LEFT, micros, Operand.of(micros), Operand.number(1));
            b.place(carry);
            b.branch(micros, Condition.LESS, MILLION, carried);
            b.add(micros, -MILLION);
            b.add(seconds, 1);
            b.jump(carry);
            b.place(carried);
            b.branch(seconds, Condition.LESS, (int) cpu.hard(), decided);
        } else {
            b.jump(decided);
        }
        b.place(byLimit);
        b.set(reason, b.text("limit"));
        b.place(notKilled);
        b.place(decided);
    }

    private void notWithoutLimit(ResourceLimit limit, Slot by, int signal, Label decided) {
        if (!spec.confinement().ulimits().containsKey(limit)) {
            b.branch(by, Condition.EQUAL, signal, decided);
        }
    }
}
