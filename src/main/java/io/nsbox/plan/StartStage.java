package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;

/**
 * Starts the short-lived process that enters namespaces on the sandbox's behalf and then starts its first process, as the
 * launcher's child.
 *
 * <p>Joined namespaces and shifted clocks take effect on children only, or would bind the launcher too. What follows, up to
 * {@link StartFromStage}, runs in that process.
 */
final class StartStage implements Step {
    @Override
    public String title() {
        return "start a process that prepares the namespaces";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label launcher = b.label("launcher waits for the preparing process");
        Label failed = b.label("preparing process failed");
        Slot pid = b.slot("preparing process");
        frame.stage = new Frame.Stage(launcher, failed, pid);
        emitter.fork(pid);
        b.branch(pid, Condition.NOT_EQUAL, 0, launcher);
        b.onFailure(failed);
    }
}
