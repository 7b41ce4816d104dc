package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.spec.User;
import java.util.Optional;

/**
 * Mounts a devpts of the spec's own, and opens the sandbox's terminal in it.
 *
 * @param mount the mount itself
 * @param user who the terminal belongs to; who opens it unless given
 */
record MountTerminals(MountNew mount, Optional<User> user) implements Step {
    @Override
    public String title() {
        return mount.title();
    }

    @Override
    public Optional<Span> cause() {
        return mount.cause();
    }

    @Override
    public void inChild(Emitter emitter) {
        mount.inChild(emitter);
        emitter.terminal().ifPresent(terminal -> terminal.openIn(emitter.targets().tree, user));
    }
}
