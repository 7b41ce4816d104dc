package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Signal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the report together and has it written: JSON, as {@code schema/report.schema.json} describes it.
 *
 * <p>All words of it are data of the launcher; between them go the numbers of the run.
 */
final class WriteReport {
    /* Where struct rusage has them (getrusage(2)). */
    private static final int MAXRSS = 32;
    private static final int MINFLT = 64;
    private static final int MAJFLT = 72;
    private static final int NVCSW = 128;
    private static final int NIVCSW = 136;

    private static final int MILLION = 1_000_000;
    private static final int BILLION = 1_000_000_000;

    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final String name;
    private final Outcome outcome;
    private final ReportFile file;
    private final GroupNumbers numbers;
    private final Slot end;

    WriteReport(Emitter emitter, String name, Outcome outcome, ReportFile file) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.name = name;
        this.outcome = outcome;
        this.file = file;
        end = b.slot("end of the report");
        numbers = new GroupNumbers(emitter);
    }

    /** Emits the routine that {@link #emit} needs where there are control groups. */
    void emitRoutine() {
        numbers.emitRoutine();
    }

    /** Emits the report of a run that is over; the folder's slot is 0 where there is none to write. */
    void emit(Slot to) {
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
        numbers.read(Controller.MEMORY, peak, "memory.peak", "", "memory.max_usage_in_bytes", "");
        numbers.read(Controller.MEMORY, oomKills, "memory.events", "oom_kill ", "memory.oom_control", "oom_kill ");
        numbers.read(Controller.PIDS, pidsPeak, "pids.peak", "", "pids.peak", "");
        numbers.read(Controller.PIDS, pidsRefused, "pids.events", "max ", "pids.events", "max ");
        outcome.decide(oomKills);
        int longest = emitter.refusals().stream()
                .mapToInt(refusal -> 6 * refusal.call().length() + 1024)
                .max()
                .orElse(0);
        Operand.Address text = b.buffer("report", 16384 + longest);
        b.set(end, text);
        text("{\n  \"version\": 1,\n  \"name\": " + ReportText.quote(name) + ",\n  \"reason\": \"");
        address(outcome.reason);
        text("\",\n  \"status\": ");
        b.decimal(Operand.of(outcome.status), Operand.of(end), end);
        text(",\n  \"exit_code\": ");
        orNull(outcome.exitCode);
        text(",\n  \"signal\": ");
        orNull(outcome.signal);
        text(",\n  \"signal_name\": ");
        signalName();
        text(",\n  \"step\": ");
        step();
        text(",\n  \"start_time\": ");
        time(outcome.started);
        text(",\n  \"end_time\": ");
        time(ended);
        text(",\n  \"wall_time\": ");
        elapsed(endedMonotonic);
        text(",\n  \"user_time\": ");
        used(Outcome.UTIME, 6);
        text(",\n  \"system_time\": ");
        used(Outcome.STIME, 6);
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
        file.write(to, text, end);
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
        b.branch(outcome.signal, Condition.LESS, 1, none);
        Map<Integer, Operand.Address> names = new LinkedHashMap<>();
        for (int i = 1; i <= Signal.HIGHEST; i++) {
            names.put(
                    4 * i,
                    b.text(Signal.parse(Integer.toString(i)).orElseThrow().name()));
        }
        Slot at = frame.scratch2;
        Operand.Address table = b.table("signals", new byte[4 * (Signal.HIGHEST + 1)], names);
        b.compute(Arithmetic.SHIFT_LEFT, at, Operand.of(outcome.signal), Operand.number(2));
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
        b.branch(outcome.step, Condition.EQUAL, 0, none);
        Slot text = frame.scratch2;
        for (int part = 0; part < 3; part++) {
            b.load(4, text, Operand.of(outcome.step), 4 * part);
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
        b.load(8, since, outcome.startedMonotonic, 0);
        b.compute(Arithmetic.SUBTRACT, seconds, Operand.of(seconds), Operand.of(since));
        b.load(8, nanos, until, 8);
        b.load(8, since, outcome.startedMonotonic, 8);
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
        b.branch(outcome.usageKnown, Condition.EQUAL, 0, unknown);
        b.load(8, part, outcome.usage, offset);
        b.decimal(Operand.of(part), Operand.of(end), end);
        if (digits > 0) {
            b.load(8, part, outcome.usage, offset + 8);
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
        b.branch(outcome.usageKnown, Condition.EQUAL, 0, unknown);
        b.load(8, bytes, outcome.usage, MAXRSS);
        b.compute(Arithmetic.SHIFT_LEFT, bytes, Operand.of(bytes), Operand.number(10));
        b.decimal(Operand.of(bytes), Operand.of(end), end);
        text(",\n  \"peak_memory_source\": \"max_rss\"");
        b.jump(done);
        b.place(unknown);
        text("null,\n  \"peak_memory_source\": null");
        b.place(done);
    }
}
