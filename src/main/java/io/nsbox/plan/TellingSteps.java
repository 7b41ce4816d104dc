package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import java.util.List;

/**
 * Which parts of the steps are told in a phase, and as whose: those that make system calls, and one of each step that makes
 * none.
 *
 * <p>A filter may forbid to write; so the last steps from there on are told before.
 */
final class TellingSteps {
    private final TellProgress progress;
    private final List<NumberedStep> steps;
    private final Emitter emitter;
    private final Phase usual;
    private Phase phase;
    private boolean isOpen;
    private boolean isCloned;
    private boolean isOver;
    private long calls;

    TellingSteps(TellProgress progress, List<NumberedStep> steps, Phase phase, Emitter emitter) {
        this.progress = progress;
        this.steps = steps;
        this.emitter = emitter;
        this.usual = phase;
        this.phase = phase;
        this.isOpen = phase != Phase.LAUNCHER;
    }

    /** Emits what is told before a part. */
    void before(NumberedStep numbered) {
        boolean last = numbered.step() instanceof LoadSeccomp || numbered.step() instanceof Execute;
        if (usual == Phase.CHILD && last && !isOver) {
            isOver = true;
            steps.subList(numbered.number() - 1, steps.size())
                    .forEach(step -> progress.tell(step, steps.size(), phase, "now"));
        }
        calls = emitter.builder().calls();
    }

    /** Emits what is told after a part. */
    void after(NumberedStep numbered) {
        Step step = numbered.step();
        boolean clones = step instanceof CloneNamespaces || step instanceof StartFromStage;
        if (!isOpen) {
            if (!(step instanceof CloseInheritedFiles)) {
                return;
            }
            isOpen = true;
            progress.open();
            // What came before had nowhere to be told.
            steps.subList(0, numbered.number() - 1)
                    .forEach(before -> progress.tell(before, steps.size(), phase, "done"));
        } else if (step instanceof StartStage && usual == Phase.LAUNCHER) {
            phase = Phase.STAGE;
        } else if (step instanceof StartInit && usual == Phase.CHILD) {
            phase = Phase.COMMAND;
        } else if (clones) {
            phase = usual;
        }
        boolean makesCalls = emitter.builder().calls() > calls;
        boolean onlyHere = usual == Phase.CHILD && !progress.knows(numbered);
        if (isOver || isCloned || !makesCalls && !onlyHere) {
            return;
        }
        Label done = emitter.builder().label("the step is told");
        if (clones && usual == Phase.LAUNCHER) {
            // Two processes go on from here; what the launcher prepares then is done beside them.
            isCloned = true;
            emitter.builder().branch(emitter.frame().pid, Condition.EQUAL, 0, done);
        }
        progress.tell(numbered, steps.size(), phase, "done");
        emitter.builder().place(done);
    }
}
