package io.nsbox.plan;

import io.nsbox.diag.Printable;
import io.nsbox.program.Arch;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.Program;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.SandboxSpec;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a plan into the launcher's program.
 *
 * <p>The program is: the proof of its inputs (images of the cache only); each step's calls before the clone; then, in the
 * launcher, each step's calls beside the child, and supervision; in the child, each step's calls, the last of which is
 * execve(2).
 */
public final class Lowering {
    /** The title of the section that waits for the sandbox. */
    static final String SUPERVISION = "supervise";

    private final Plan plan;
    private final ProgramBuilder b;
    private final Emitter emitter;
    private final Frame frame;
    private final Slot file;
    private boolean isOnce;

    private Lowering(Plan plan, Arch arch) {
        this.plan = plan;
        this.b = new ProgramBuilder(arch);
        this.emitter = new Emitter(b, namedVariables(plan.spec()), plan.spec());
        this.frame = emitter.frame();
        this.file = b.slot("spec");
    }

    /** A program that stands alone: it takes no argument and depends on no file. */
    public static Program standalone(Plan plan, Arch arch) {
        return new Lowering(plan, arch).lower(Optional.empty());
    }

    /**
     * A program for the image cache, which proves that it is still right before it does anything.
     *
     * <p>Its argument vector is: its own name, the spec's path as the user typed it, then the vector of the cold path,
     * which it executes with /bin/sh when an input has changed.
     */
    public static Program cached(Plan plan, Arch arch, Proof proof) {
        return new Lowering(plan, arch).lower(Optional.of(proof));
    }

    /** A {@link #cached} program that tells each step on standard error. */
    public static Program telling(Plan plan, Arch arch, Proof proof) {
        Lowering lowering = new Lowering(plan, arch);
        lowering.emitter.tellProgress();
        return lowering.lower(Optional.of(proof));
    }

    /** A program that runs once, from where it was put, whatever its arguments are. */
    public static Program once(Plan plan, Arch arch) {
        Lowering lowering = new Lowering(plan, arch);
        lowering.isOnce = true;
        return lowering.lower(Optional.empty());
    }

    private static int namedVariables(SandboxSpec spec) {
        int inherited = spec.inheritEnv() instanceof InheritEnv.Names names
                ? names.patterns().size()
                : 0;
        return spec.environment().size() + inherited;
    }

    private Program lower(Optional<Proof> proof) {
        Label launcherFailed = b.label("launcher failed");
        Label childFailed = b.label("sandbox failed");
        Label tell = b.label("tell the refusal");
        Label child = b.label("sandbox");
        b.section("start", 0);
        start(proof);
        b.onFailure(launcherFailed);
        b.set(frame.timer, -1);
        b.set(frame.childExists, 0);
        emitter.progress().ifPresent(TellProgress::begin);
        eachStep(Phase.LAUNCHER, Step::beforeClone);
        b.branch(frame.pid, Condition.EQUAL, 0, child);
        b.set(frame.childExists, 1);
        b.load(4, frame.pidfd, frame.pidfdCell, 0);
        eachStep(Phase.PARENT, Step::inParent);
        b.section(SUPERVISION, 0);
        new Supervise(emitter, plan.spec()).emit(tell);
        b.place(child);
        b.onFailure(childFailed);
        eachStep(Phase.CHILD, Step::inChild);
        emitter.emitRoutines();
        b.section("report a refused step", 0);
        b.place(childFailed);
        reportRefusal();
        b.place(launcherFailed);
        undo(tell);
        b.place(tell);
        if (emitter.endsWithMore()) {
            emitter.end().afterRefusal(plan.steps());
            GuardSandbox.dismiss(emitter);
        }
        new TellRefusal(emitter, plan.steps(), plan.file(), file).emit();
        emitter.emitEnd();
        return b.build();
    }

    private void eachStep(Phase phase, BiConsumer<Step, Emitter> emit) {
        @Nullable
        TellingSteps telling = emitter.progress()
                .map(progress -> new TellingSteps(progress, plan.steps(), phase, emitter))
                .orElse(null);
        for (NumberedStep numbered : plan.steps()) {
            emitter.speaksFor(numbered);
            emitter.section(phase);
            if (telling != null) {
                telling.before(numbered);
            }
            emit.accept(numbered.step(), emitter);
            if (telling != null) {
                telling.after(numbered);
            }
        }
    }

    private void start(Optional<Proof> proof) {
        Slot argc = frame.scratch;
        if (isOnce) {
            b.set(file, b.text(Printable.of(plan.file())));
            return;
        }
        Label right = b.label("image is right");
        b.load(8, argc, Operand.of(Slot.STACK), 0);
        if (proof.isEmpty()) {
            // Not the path: the same spec gives the same launcher, wherever it lies when it is built.
            b.set(file, b.text(Printable.of(plan.file().substring(plan.file().lastIndexOf('/') + 1))));
            b.branch(argc, Condition.LESS, 2, right);
            complain("nsbox: error: this launcher takes no arguments\n");
            b.place(right);
            return;
        }
        Label stale = b.label("image is stale");
        Label called = b.label("called by nsbox");
        b.branch(argc, Condition.AT_LEAST, 2, called);
        complain("nsbox: error: this image belongs to nsbox's cache; use `nsbox up`\n");
        b.place(called);
        String shown = Printable.of(plan.file());
        if (shown.equals(plan.file())) {
            b.load(8, file, Operand.of(Slot.STACK), 16);
        } else {
            // The caller's spelling of it would act on the terminal.
            b.set(file, b.text(shown));
        }
        new ProveInputs(proof.get()).emit(b, frame, stale);
        b.jump(right);
        b.place(stale);
        goCold();
        b.place(right);
    }

    private void complain(String message) {
        b.attempt(Syscall.WRITE, Operand.number(2), b.text(message), Operand.number(message.length()));
        b.attempt(Syscall.EXIT_GROUP, Operand.number(Refusal.SETUP));
    }

    /** Executes the rest of the argument vector, in the caller's environment. */
    private void goCold() {
        Slot arguments = frame.scratch.as("arguments");
        Slot environment = frame.scratch2.as("environment");
        Label hopeless = b.label("no cold path");
        b.load(8, arguments, Operand.of(Slot.STACK), 0);
        b.branch(arguments, Condition.LESS, 4, hopeless);
        b.compute(Arithmetic.ADD, arguments, Operand.of(Slot.STACK), Operand.number(24));
        b.environment(environment);
        b.attempt(Syscall.EXECVE, b.text("/bin/sh"), Operand.of(arguments), Operand.of(environment));
        b.place(hopeless);
        complain("nsbox: error: the spec has changed, and /bin/sh cannot be executed to compile it again\n");
    }

    /** Sends the refusal to the launcher, which tells it once the sandbox has ended. */
    static void sendRefusal(ProgramBuilder b, Frame frame) {
        noteRefusal(b, frame);
        b.attempt(Syscall.WRITE, Operand.of(frame.reportOut), frame.words.shownAs("refusal"), Operand.number(8));
    }

    private static void noteRefusal(ProgramBuilder b, Frame frame) {
        b.store(4, frame.words, 0, Operand.of(Slot.TAG));
        b.store(4, frame.words, 4, Operand.of(Slot.ERRNO));
    }

    private void reportRefusal() {
        noteRefusal(b, frame);
        LoadSeccomp.LastWords.of(plan, b.arch()).emit(b, frame);
    }

    /** The launcher itself was refused: nothing of the sandbox may stay. */
    private void undo(Label tell) {
        b.branch(frame.childExists, Condition.EQUAL, 0, tell);
        KillSandbox.emit(b, frame);
        Slot result = frame.scratch;
        b.call(
                result,
                new OnError.Ignore(),
                Syscall.WAITID,
                Operand.named("P_PIDFD", Linux.P_PIDFD),
                Operand.of(frame.pidfd),
                Operand.NULL,
                Operand.named("WEXITED", Linux.WEXITED),
                Operand.NULL);
        GuardSandbox.dismissUnlessMore(emitter);
        // Where the sandbox's process was refused first, the launcher only stumbled over its end.
        ReapSandbox.takeReport(b, frame, tell);
    }
}
