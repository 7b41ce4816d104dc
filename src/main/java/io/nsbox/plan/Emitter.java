package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Tty;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step writes its calls with: the program's builder, the shared variables, and the knowledge of which step is
 * speaking, so that a refused call can be told by its step and its line.
 */
public final class Emitter {
    private final ProgramBuilder builder;
    private final Frame frame;
    private final FileSystem files;
    private final SandboxSpec spec;
    private @Nullable Targets targets;
    private @Nullable OwnTerminal terminal;
    private @Nullable ControlGroups groups;
    private @Nullable FindGroup entered;
    private @Nullable EndRun end;
    private @Nullable TellProgress progress;
    private final List<Refusal> refusals = new ArrayList<>();
    private final Map<Integer, List<String>> subjects = new LinkedHashMap<>();
    private int step;
    private String title = "";

    /** An emitter for a spec that names so many environment variables. */
    Emitter(ProgramBuilder builder, int named, SandboxSpec spec) {
        this.builder = builder;
        this.spec = spec;
        this.files = spec.fileSystem();
        this.frame = new Frame(builder, named);
    }

    /** The builder, for everything that is not a call that may be refused. */
    ProgramBuilder builder() {
        return builder;
    }

    /** The variables that steps share. */
    Frame frame() {
        return frame;
    }

    /** The places to mount on; made when the first step asks, so that other launchers do not carry them. */
    Targets targets() {
        if (targets == null) {
            targets = new Targets(builder, frame, files);
        }
        return targets;
    }

    /** Whether any step mounts under the root. */
    boolean usesTargets() {
        return targets != null;
    }

    /** Makes the variables of a terminal of the sandbox's own. */
    OwnTerminal openTerminal(Tty tty, boolean ofHost) {
        OwnTerminal opened = new OwnTerminal(this, tty, ofHost);
        terminal = opened;
        return opened;
    }

    /** The terminal of the sandbox's own, if the launcher may open one. */
    Optional<OwnTerminal> terminal() {
        return Optional.ofNullable(terminal);
    }

    /** The sandbox's control groups; made when the first step asks. */
    ControlGroups groups() {
        if (groups == null) {
            groups = new ControlGroups(
                    builder,
                    frame,
                    spec.name(),
                    spec.confinement().limits().parentGroup().orElse(""));
        }
        return groups;
    }

    /** Whether any step makes a control group. */
    boolean usesGroups() {
        return groups != null;
    }

    /** What finds the control groups of a sandbox that is entered; made when the first step asks. */
    FindGroup entered() {
        if (entered == null) {
            entered = new FindGroup(builder, frame, "");
        }
        return entered;
    }

    /** What is done when the run is over; made when the first step asks. */
    EndRun end() {
        if (end == null) {
            end = new EndRun(this, spec);
        }
        return end;
    }

    /** Whether anything is to be done when the run is over. */
    boolean endsWithMore() {
        return end != null || groups != null;
    }

    /** Has each step told on standard error. */
    void tellProgress() {
        progress = new TellProgress(this);
    }

    /** What tells each step, if anybody wants to know. */
    Optional<TellProgress> progress() {
        return Optional.ofNullable(progress);
    }

    /** Emits what several steps use. */
    void emitRoutines() {
        if (progress != null) {
            progress.emitRoutine();
        }
        if (terminal != null) {
            terminal.modes.emitRoutine();
        }
        if (targets != null) {
            targets.emitRoutines();
        }
        if (groups != null) {
            groups.emitRoutines();
        }
        if (entered != null) {
            entered.emitRoutine();
        }
    }

    /** Emits what is done when the run is over; no call after it may be refused. */
    void emitEnd() {
        if (end != null) {
            end.emitRoutines();
        }
        if (groups != null) {
            groups.removal().emitRoutines();
        }
    }

    /** From here on this step speaks. */
    void speaksFor(NumberedStep numbered) {
        step = numbered.number();
        title = numbered.shownTitle();
    }

    /** What follows is the speaking step's, and runs there. */
    void section(Phase phase) {
        builder.section(phase.word() + ": step " + step + ": " + title, step);
    }

    /** The refusals so far; a refusal's tag is its place in this list. */
    List<Refusal> refusals() {
        return refusals;
    }

    /**
     * Names paths that the speaking step works through, so that a refusal can tell which one it was about.
     *
     * @return the number of the first of them
     */
    int subjects(List<String> paths) {
        List<String> known = subjects.computeIfAbsent(step, number -> new ArrayList<>());
        int first = known.size();
        known.addAll(paths);
        return first;
    }

    /** What each step's refusals may be about, by the step's number. */
    Map<Integer, List<String>> subjects() {
        return subjects;
    }

    /** A call that must succeed. */
    void must(Syscall syscall, Operand... arguments) {
        must(Hints.NONE, Slot.NOWHERE, syscall, arguments);
    }

    /** A call that must succeed, and whose refusal is explained. */
    void must(Hints hints, Syscall syscall, Operand... arguments) {
        must(hints, Slot.NOWHERE, syscall, arguments);
    }

    /** A call that must succeed and whose result is kept. */
    void must(Slot into, Syscall syscall, Operand... arguments) {
        must(Hints.NONE, into, syscall, arguments);
    }

    /** A call that must succeed, whose result is kept and whose refusal is explained. */
    void must(Hints hints, Slot into, Syscall syscall, Operand... arguments) {
        String shown = syscall.word() + "("
                + String.join(
                        ", ", List.of(arguments).stream().map(Operand::text).toList()) + ")";
        builder.call(into, new OnError.Fail(refusal(shown.toString(), hints, Refusal.SETUP)), syscall, arguments);
    }

    /** Makes a copy of this process, whose pid is kept; 0 in the copy (clone(2)). */
    void fork(Slot pid) {
        fork(Hints.NONE, pid);
    }

    /** Makes a copy of this process; the refusal is explained. */
    void fork(Hints hints, Slot pid) {
        must(
                hints,
                pid,
                Syscall.CLONE,
                Operand.named("SIGCHLD", Linux.SIGCHLD),
                Operand.NULL,
                Operand.NULL,
                Operand.NULL,
                Operand.NULL);
    }

    /** Makes a pipe that execve(2) closes; its ends are named by their slots. */
    void pipe(Slot read, Slot write) {
        must(
                Syscall.PIPE2,
                frame.pair.shownAs("[<" + read.name() + ">, <" + write.name() + ">]"),
                Operand.named("O_CLOEXEC", Linux.O_CLOEXEC));
        builder.load(4, read, frame.pair, 0);
        builder.load(4, write, frame.pair, 4);
    }

    /**
     * Closes a file of the caller's that was written, where the caller's root is made read-only later: the kernel refuses
     * that while a file of it is open for writing.
     */
    void closeWritten(Slot file) {
        if (files.readOnly() && files.rootfs() == null) {
            must(Syscall.CLOSE, Operand.of(file));
        }
    }

    /** Fails as if a call had returned this error. */
    void fail(String what, Hints hints, int status, Operand errno) {
        int tag = refusal(what, hints, status);
        builder.set(Slot.ERRNO, errno);
        builder.set(Slot.TAG, Operand.number(OnError.FAIL_BIT | tag));
        builder.jump(Slot.HANDLER);
    }

    private int refusal(String shown, Hints hints, int status) {
        for (int i = 0; i < refusals.size(); i++) {
            Refusal known = refusals.get(i);
            if (known.step() == step && known.call().equals(shown) && known.status() == status) {
                return i;
            }
        }
        refusals.add(new Refusal(step, shown, hints, status));
        return refusals.size() - 1;
    }

    /** Emits a loop body's repetition of a call for as long as it is interrupted. */
    void untilUninterrupted(String name, Slot into, Syscall syscall, Operand... arguments) {
        Label again = builder.label(name);
        builder.place(again);
        builder.call(into, new OnError.Ignore(), syscall, arguments);
        builder.branch(into, Condition.EQUAL, -Linux.EINTR, again);
    }

    /** Copies a text without its terminator to where a slot points, and moves the slot behind it. */
    void append(Slot end, String text) {
        append(builder, end, text);
    }

    /** Likewise. */
    static void append(ProgramBuilder b, Slot end, String text) {
        b.copy(Operand.of(end), b.text(text), Operand.number(text.getBytes(StandardCharsets.UTF_8).length), end);
    }

    /** Writes a number in decimal to where a slot points, and moves the slot behind it. */
    void appendDecimal(Slot end, Operand value) {
        builder.decimal(value, Operand.of(end), end);
    }
}
