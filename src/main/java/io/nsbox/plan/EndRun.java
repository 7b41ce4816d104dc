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
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Signal;
import io.nsbox.spec.Ulimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a launcher does last, whichever way the run went: it writes the report and removes the control groups.
 *
 * <p>A launcher whose spec asks for neither has nothing of this.
 */
final class EndRun {

    /** The size of a struct rusage (getrusage(2)). */
    static final int RUSAGE_SIZE = 144;

    private static final int UTIME = 0;
    private static final int STIME = 16;
    private static final int MAXRSS = 32;
    private static final int MINFLT = 64;
    private static final int MAJFLT = 72;
    private static final int NVCSW = 128;
    private static final int NIVCSW = 136;

    private static final int CLD_EXITED = 1;
    private static final int SI_CODE = 8;
    private static final int SI_STATUS = 24;
    private static final int TIMED_OUT = 124;
    private static final int SIGXCPU = 24;
    private static final int SIGXFSZ = 25;
    private static final int MILLION = 1_000_000;
    private static final int BILLION = 1_000_000_000;

    private static final String UNWRITTEN = "nsbox: error: the report could not be written\n";

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final SandboxSpec spec;

    /** When it all began, and what the command used; made when a report is asked for. */
    final Operand.Address started;

    final Operand.Address startedMonotonic;
    private final Operand.Address usage;
    private final Operand.Address unfinished;
    private final Slot usageKnown;
    private final Slot status;
    private final Slot reason;
    private final Slot exitCode;
    private final Slot signal;
    private final Slot step;
    private final Slot back;
    private final Slot end;
    private final Slot number;
    private final Slot file;
    private final Slot prefix;
    private final Slot prefixLength;
    private final Slot numberBack;
    private final Slot folder;
    private final Label routine;
    private final Label readNumber;
    private @Nullable Slot reportFolder;
    private String reportName = "";
    private boolean used;

    EndRun(Emitter emitter, SandboxSpec spec) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.spec = spec;
        started = b.buffer("start", 16);
        startedMonotonic = b.buffer("start of the clock", 16);
        usage = b.buffer("usage", RUSAGE_SIZE);
        unfinished = b.buffer("name of the new report", 64);
        usageKnown = b.slot("usage is known");
        status = b.slot("exit status");
        reason = b.slot("reason");
        exitCode = b.slot("exit code");
        signal = b.slot("signal of the end");
        step = b.slot("refused step");
        back = b.slot("back");
        end = b.slot("end of the report");
        number = b.slot("number");
        file = b.slot("file");
        prefix = b.slot("word before the number");
        prefixLength = b.slot("length of the word");
        numberBack = b.slot("back with the number");
        folder = b.slot("group");
        routine = b.label("end the run");
        readNumber = b.label("read a number of the group");
    }

    /** Before any other process exists: the guard must know what the report is called while it is written. */
    void reportTo(Slot folder, String name) {
        reportFolder = folder;
        reportName = name;
        Slot own = frame.scratch2;
        Slot at = frame.scratch3;
        emitter.must(own, Syscall.GETPID);
        b.set(at, unfinished);
        emitter.append(at, Registration.UNFINISHED_REPORT);
        emitter.appendDecimal(at, Operand.of(own));
        b.store(1, Operand.of(at), 0, Operand.number(0));
        if (spec.session().init()) {
            frame.commandSignal = b.slot("signal that ended the command");
        }
    }

    /** Emits what the guard does in the place of a launcher that was killed. */
    void inGuard() {
        if (reportFolder != null) {
            Label launchers = b.label("the report is the launcher's");
            b.branch(reportFolder, Condition.EQUAL, 0, launchers);
            removeUnfinished(reportFolder);
            b.place(launchers);
        }
    }

    /** Emits that the report is not the guard's business: the launcher lives. */
    void leaveReport() {
        if (reportFolder != null) {
            b.set(reportFolder, 0);
        }
    }

    private void removeUnfinished(Slot folder) {
        b.attempt(Syscall.UNLINKAT, Operand.of(folder), unfinished.shownAs("<new report>"), Operand.number(0));
    }

    /** Where waitid(2) puts what the command used. */
    Operand usage() {
        return reportFolder == null ? Operand.NULL : usage.shownAs("&usage");
    }

    void usageIsKnown() {
        if (reportFolder != null) {
            b.set(usageKnown, 1);
        }
    }

    private void call() {
        used = true;
        Label ended = b.label("the run is ended");
        b.set(back, ended);
        b.jump(routine);
        b.place(ended);
    }

    /** The command ran; its end is in the siginfo. The launcher's own will holds where it is not negative. */
    void afterRun(Slot forced, Slot exitStatus) {
        Slot code = frame.scratch;
        Label exited = b.label("it exited by itself");
        Label told = b.label("how it ended is known");
        Label passed = b.label("no signal was passed on");
        b.set(status, Operand.of(exitStatus));
        b.set(step, 0);
        b.set(reason, 0);
        b.set(exitCode, -1);
        b.set(signal, -1);
        b.load(4, code, frame.siginfo, SI_CODE);
        b.branch(code, Condition.EQUAL, CLD_EXITED, exited);
        b.load(4, signal, frame.siginfo, SI_STATUS);
        b.jump(told);
        b.place(exited);
        b.load(4, exitCode, frame.siginfo, SI_STATUS);
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
        call();
        b.set(exitStatus, Operand.of(status));
    }

    /** The command's end was lost. */
    void afterLoss() {
        b.set(status, Refusal.SETUP);
        b.set(reason, b.text("setup"));
        b.set(exitCode, -1);
        b.set(signal, -1);
        b.set(step, 0);
        call();
    }

    /** A step was refused, as the failure's slots tell; all refusals must be known. */
    void afterRefusal(List<NumberedStep> steps) {
        List<Refusal> refusals = emitter.refusals();
        ByteBuffer table = ByteBuffer.allocate(16 * refusals.size()).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Operand.Address> texts = new LinkedHashMap<>();
        for (int i = 0; i < refusals.size(); i++) {
            Refusal refusal = refusals.get(i);
            NumberedStep numbered = steps.get(refusal.step() - 1);
            if (reportFolder != null) {
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
        call();
    }

    void emitRoutines() {
        if (!used) {
            return;
        }
        b.section(Lowering.SUPERVISION, 0);
        b.place(routine);
        if (reportFolder != null) {
            report(reportFolder);
        }
        if (emitter.usesGroups()) {
            emitter.groups().removal().call();
        }
        b.jump(back);
        if (reportFolder != null && emitter.usesGroups()) {
            emitReadNumber();
        }
    }

    private void report(Slot to) {
        Slot oomKills = b.slot("oom kills");
        Slot peak = b.slot("peak memory");
        Slot pidsPeak = b.slot("most processes");
        Slot pidsRefused = b.slot("refused processes");
        Label nowhere = b.label("no report is written");
        b.branch(to, Condition.EQUAL, 0, nowhere);
        Operand.Address ended = b.buffer("end", 16);
        Operand.Address endedMonotonic = b.buffer("end of the clock", 16);
        b.attempt(Syscall.CLOCK_GETTIME, Durations.REAL_TIME, ended.shownAs("&now"));
        b.attempt(Syscall.CLOCK_GETTIME, Durations.MONOTONIC, endedMonotonic.shownAs("&now"));
        readGroup(Controller.MEMORY, peak, "memory.peak", "", "memory.max_usage_in_bytes", "");
        readGroup(Controller.MEMORY, oomKills, "memory.events", "oom_kill ", "memory.oom_control", "oom_kill ");
        readGroup(Controller.PIDS, pidsPeak, "pids.peak", "", "pids.peak", "");
        readGroup(Controller.PIDS, pidsRefused, "pids.events", "max ", "pids.events", "max ");
        decide(oomKills);
        int longest = emitter.refusals().stream()
                .mapToInt(refusal -> 6 * refusal.call().length() + 1024)
                .max()
                .orElse(0);
        Operand.Address text = b.buffer("report", 16384 + longest);
        b.set(end, text);
        text("{\n  \"version\": 1,\n  \"name\": " + ReportText.quote(spec.name()) + ",\n  \"reason\": \"");
        address(reason);
        text("\",\n  \"status\": ");
        b.decimal(Operand.of(status), Operand.of(end), end);
        text(",\n  \"exit_code\": ");
        orNull(exitCode);
        text(",\n  \"signal\": ");
        orNull(signal);
        text(",\n  \"signal_name\": ");
        signalName();
        text(",\n  \"step\": ");
        step();
        text(",\n  \"start_time\": ");
        time(started);
        text(",\n  \"end_time\": ");
        time(ended);
        text(",\n  \"wall_time\": ");
        elapsed(endedMonotonic);
        text(",\n  \"user_time\": ");
        used(UTIME, 6);
        text(",\n  \"system_time\": ");
        used(STIME, 6);
        peakMemory(peak);
        text(",\n  \"minor_faults\": ");
        used(MINFLT, 0);
        text(",\n  \"major_faults\": ");
        used(MAJFLT, 0);
        text(",\n  \"voluntary_switches\": ");
        used(NVCSW, 0);
        text(",\n  \"involuntary_switches\": ");
        used(NIVCSW, 0);
        text(",\n  \"oom_kills\": ");
        orNull(oomKills);
        text(",\n  \"pids_peak\": ");
        orNull(pidsPeak);
        text(",\n  \"pids_refused\": ");
        orNull(pidsRefused);
        text("\n}\n");
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), text);
        write(to, text);
        b.place(nowhere);
    }

    private void text(String text) {
        emitter.append(end, text);
    }

    private void address(Slot text) {
        Slot length = frame.scratch;
        b.scan(Operand.of(text), 0, length);
        b.compute(Arithmetic.SUBTRACT, length, Operand.of(length), Operand.of(text));
        b.copy(Operand.of(end), Operand.of(text), Operand.of(length), end);
    }

    private void orNull(Slot value) {
        Label known = b.label("a number");
        Label done = b.label("told");
        b.branch(value, Condition.AT_LEAST, 0, known);
        text("null");
        b.jump(done);
        b.place(known);
        b.decimal(Operand.of(value), Operand.of(end), end);
        b.place(done);
    }

    private void signalName() {
        Label none = b.label("no signal");
        Label done = b.label("signal is told");
        b.branch(signal, Condition.LESS, 1, none);
        Map<Integer, Operand.Address> names = new LinkedHashMap<>();
        for (int i = 1; i <= Signal.HIGHEST; i++) {
            names.put(
                    4 * i,
                    b.text(Signal.parse(Integer.toString(i)).orElseThrow().name()));
        }
        Slot at = frame.scratch2;
        Operand.Address table = b.table("signals", new byte[4 * (Signal.HIGHEST + 1)], names);
        b.compute(Arithmetic.SHIFT_LEFT, at, Operand.of(signal), Operand.number(2));
        b.compute(Arithmetic.ADD, at, Operand.of(at), table);
        b.load(4, at, Operand.of(at), 0);
        text("\"");
        address(at);
        text("\"");
        b.jump(done);
        b.place(none);
        text("null");
        b.place(done);
    }

    private void step() {
        Label none = b.label("no step was refused");
        Label done = b.label("step is told");
        Label next = b.label("next error");
        Label unnamed = b.label("error without a name");
        Label closed = b.label("error is told");
        b.branch(step, Condition.EQUAL, 0, none);
        Slot text = frame.scratch2;
        for (int part = 0; part < 3; part++) {
            b.load(4, text, Operand.of(step), 4 * part);
            address(text);
        }
        b.decimal(Operand.of(Slot.ERRNO), Operand.of(end), end);
        text(", \"error\": ");
        ByteBuffer known = ByteBuffer.allocate(8 * (Errnos.ALL.size() + Errnos.RARE.size() + 1))
                .order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Operand.Address> names = new LinkedHashMap<>();
        int at = 0;
        for (List<Errnos.Errno> errnos : List.of(Errnos.ALL, Errnos.RARE)) {
            for (Errnos.Errno errno : errnos) {
                known.putInt(at, errno.number());
                names.put(at + 4, b.text(errno.name()));
                at += 8;
            }
        }
        Slot entry = frame.scratch2;
        Slot value = frame.scratch3;
        b.set(entry, b.table("names of errors", known.array(), names));
        b.place(next);
        b.load(4, value, Operand.of(entry), 0);
        b.branch(value, Condition.EQUAL, 0, unnamed);
        Label found = b.label("the error's name");
        b.branch(value, Condition.EQUAL, Operand.of(Slot.ERRNO), found);
        b.add(entry, 8);
        b.jump(next);
        b.place(found);
        b.load(4, value, Operand.of(entry), 4);
        text("\"");
        address(value);
        text("\"");
        b.jump(closed);
        b.place(unnamed);
        text("null");
        b.place(closed);
        text("}");
        b.jump(done);
        b.place(none);
        text("null");
        b.place(done);
    }

    /** A fraction with all its digits: they follow a 1, in whose place the point is put. */
    private void fraction(Slot value, int whole) {
        Slot after = frame.scratch3;
        b.add(value, whole);
        b.decimal(Operand.of(value), Operand.of(end), after);
        b.store(1, Operand.of(end), 0, Operand.number('.'));
        b.set(end, Operand.of(after));
    }

    private void time(Operand.Address of) {
        Slot part = frame.scratch2;
        b.load(8, part, of, 0);
        b.decimal(Operand.of(part), Operand.of(end), end);
        b.load(8, part, of, 8);
        fraction(part, BILLION);
    }

    private void elapsed(Operand.Address until) {
        Slot seconds = frame.scratch2;
        Slot nanos = frame.scratch4;
        Slot since = frame.scratch3;
        Label borrowed = b.label("seconds are whole");
        b.load(8, seconds, until, 0);
        b.load(8, since, startedMonotonic, 0);
        b.compute(Arithmetic.SUBTRACT, seconds, Operand.of(seconds), Operand.of(since));
        b.load(8, nanos, until, 8);
        b.load(8, since, startedMonotonic, 8);
        b.compute(Arithmetic.SUBTRACT, nanos, Operand.of(nanos), Operand.of(since));
        b.branch(nanos, Condition.AT_LEAST, 0, borrowed);
        b.add(nanos, BILLION);
        b.add(seconds, -1);
        b.place(borrowed);
        b.decimal(Operand.of(seconds), Operand.of(end), end);
        fraction(nanos, BILLION);
    }

    /** A field of the usage; with digits, a struct timeval. */
    private void used(int offset, int digits) {
        Slot part = frame.scratch2;
        Label unknown = b.label("no usage");
        Label done = b.label("usage is told");
        b.branch(usageKnown, Condition.EQUAL, 0, unknown);
        b.load(8, part, usage, offset);
        b.decimal(Operand.of(part), Operand.of(end), end);
        if (digits > 0) {
            b.load(8, part, usage, offset + 8);
            fraction(part, MILLION);
        }
        b.jump(done);
        b.place(unknown);
        text("null");
        b.place(done);
    }

    private void peakMemory(Slot peak) {
        Slot bytes = frame.scratch2;
        Label byUsage = b.label("by the usage");
        Label unknown = b.label("peak is not known");
        Label done = b.label("peak is told");
        text(",\n  \"peak_memory\": ");
        b.branch(peak, Condition.LESS, 0, byUsage);
        b.decimal(Operand.of(peak), Operand.of(end), end);
        text(",\n  \"peak_memory_source\": \"cgroup\"");
        b.jump(done);
        b.place(byUsage);
        b.branch(usageKnown, Condition.EQUAL, 0, unknown);
        b.load(8, bytes, usage, MAXRSS);
        b.compute(Arithmetic.SHIFT_LEFT, bytes, Operand.of(bytes), Operand.number(10));
        b.decimal(Operand.of(bytes), Operand.of(end), end);
        text(",\n  \"peak_memory_source\": \"max_rss\"");
        b.jump(done);
        b.place(unknown);
        text("null,\n  \"peak_memory_source\": null");
        b.place(done);
    }

    /** Why a command ended that neither the launcher nor itself ended. */
    private void decide(Slot oomKills) {
        Slot seconds = frame.scratch;
        Slot micros = frame.scratch2;
        Slot part = frame.scratch3;
        Label decided = b.label("the reason is known");
        Label bySignal = b.label("a signal ended it");
        Label byLimit = b.label("a limit ended it");
        Label notKilled = b.label("not by SIGKILL");
        Label notOom = b.label("memory was enough");
        b.branch(reason, Condition.NOT_EQUAL, 0, decided);
        b.branch(signal, Condition.AT_LEAST, 0, bySignal);
        b.set(reason, b.text("exited"));
        b.jump(decided);
        b.place(bySignal);
        b.set(reason, b.text("signalled"));
        b.branch(signal, Condition.EQUAL, SIGXCPU, byLimit);
        b.branch(signal, Condition.EQUAL, SIGXFSZ, byLimit);
        b.branch(signal, Condition.NOT_EQUAL, Linux.SIGKILL, notKilled);
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

    private void readGroup(
            Controller controller, Slot into, String unified, String word, String legacy, String legacyWord) {
        b.set(into, -1);
        if (!emitter.usesGroups() || !emitter.groups().has(controller)) {
            return;
        }
        Label none = b.label("no group of " + controller.word());
        Label old = b.label("a group of version 1");
        Label ask = b.label("ask the group");
        Label known = b.label("the group answered");
        b.set(folder, Operand.of(emitter.groups().folder(controller)));
        b.branch(folder, Condition.EQUAL, 0, none);
        b.set(file, b.text(unified));
        b.set(prefix, b.text(word));
        b.set(prefixLength, word.length());
        b.branch(folder, Condition.EQUAL, Operand.of(emitter.groups().unified()), ask);
        b.place(old);
        b.set(file, b.text(legacy));
        b.set(prefix, b.text(legacyWord));
        b.set(prefixLength, legacyWord.length());
        b.place(ask);
        b.set(numberBack, known);
        b.jump(readNumber);
        b.place(known);
        b.set(into, Operand.of(number));
        b.place(none);
    }

    /** Reads the number behind a word at a line's start, or -1. */
    private void emitReadNumber() {
        Slot fd = frame.scratch;
        Slot at = frame.scratch2;
        Slot differs = frame.scratch3;
        Slot sign = frame.scratch4;
        Slot twice = frame.scratch5;
        Label line = b.label("next line");
        Label found = b.label("word is found");
        Label digit = b.label("next digit");
        Label done = b.label("number is read");
        b.place(readNumber);
        b.set(number, -1);
        b.call(
                fd,
                new OnError.GoTo(done),
                Syscall.OPENAT,
                Operand.of(folder),
                Operand.of(file),
                Operand.named("O_RDONLY|O_CLOEXEC", Linux.O_RDONLY | Linux.O_CLOEXEC));
        b.call(
                at,
                new OnError.Ignore(),
                Syscall.READ,
                Operand.of(fd),
                frame.page.shownAs("&text"),
                Operand.number(4096));
        b.attempt(Syscall.CLOSE, Operand.of(fd));
        b.branch(at, Condition.LESS, 1, done);
        b.compute(Arithmetic.ADD, at, Operand.of(at), frame.page);
        b.store(1, Operand.of(at), 0, Operand.number(0));
        b.set(at, frame.page);
        b.place(line);
        b.compare(Operand.of(at), Operand.of(prefix), Operand.of(prefixLength), differs);
        b.branch(differs, Condition.EQUAL, 0, found);
        b.scan(Operand.of(at), '\n', at);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.EQUAL, 0, done);
        b.add(at, 1);
        b.jump(line);
        b.place(found);
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(prefixLength));
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.LESS, '0', done);
        b.branch(sign, Condition.AT_LEAST, '9' + 1, done);
        b.set(number, 0);
        b.place(digit);
        b.compute(Arithmetic.SHIFT_LEFT, twice, Operand.of(number), Operand.number(1));
        b.compute(Arithmetic.SHIFT_LEFT, number, Operand.of(number), Operand.number(3));
        b.compute(Arithmetic.ADD, number, Operand.of(number), Operand.of(twice));
        b.compute(Arithmetic.ADD, number, Operand.of(number), Operand.of(sign));
        b.add(number, -'0');
        b.add(at, 1);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.LESS, '0', done);
        b.branch(sign, Condition.LESS, '9' + 1, digit);
        b.place(done);
        b.jump(numberBack);
    }

    /** Beside its name first, then renamed. */
    private void write(Slot to, Operand.Address text) {
        Slot out = frame.scratch;
        Slot written = frame.scratch2;
        Slot at = frame.scratch3;
        Label whole = b.label("report is whole");
        Label more = b.label("write the rest of the report");
        Label failed = b.label("report is not written");
        Label done = b.label("report is written");
        removeUnfinished(to);
        b.call(
                out,
                new OnError.GoTo(failed),
                Syscall.OPENAT,
                Operand.of(to),
                unfinished.shownAs("<new report>"),
                Operand.named(
                        "O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC",
                        Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL | Linux.O_CLOEXEC),
                Operand.named("0644", 0644));
        b.set(at, text);
        b.place(more);
        b.call(written, new OnError.Ignore(), Syscall.WRITE, Operand.of(out), Operand.of(at), Operand.of(end));
        Label rest = b.label("part of the report is written");
        b.branch(written, Condition.AT_LEAST, 1, rest);
        removeUnfinished(to);
        b.jump(failed);
        b.place(rest);
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(written));
        b.compute(Arithmetic.SUBTRACT, end, Operand.of(end), Operand.of(written));
        b.branch(end, Condition.NOT_EQUAL, 0, more);
        b.place(whole);
        b.attempt(Syscall.CLOSE, Operand.of(out));
        b.call(
                written,
                new OnError.Ignore(),
                Syscall.RENAMEAT2,
                Operand.of(to),
                unfinished.shownAs("<new report>"),
                Operand.of(to),
                b.text(reportName),
                Operand.number(0));
        b.branch(written, Condition.EQUAL, 0, done);
        removeUnfinished(to);
        b.place(failed);
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(UNWRITTEN), Operand.number(UNWRITTEN.length()));
        b.place(done);
        b.set(to, 0);
    }
}
