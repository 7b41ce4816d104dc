package io.nsbox.plan;

import io.nsbox.diag.Span;
import java.util.Optional;

/**
 * Makes a control group that has a controller, before there is anything to limit.
 *
 * <p>Controllers of version 2, and those of version 1 that are mounted together, share one group.
 *
 * @param first whether no other controller has a group yet
 * @param cause the first limit that needs this controller
 */
record MakeGroup(Controller controller, boolean first, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "make a control group with the controller " + controller.word();
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ControlGroups groups = emitter.groups();
        if (first) {
            groups.look(emitter);
        }
        groups.make(emitter, controller);
    }
}
