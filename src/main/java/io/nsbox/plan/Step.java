package io.nsbox.plan;

import io.nsbox.diag.Span;
import java.util.Optional;

/**
 * One thing that is done to set a sandbox up.
 *
 * <p>A step says what it does, which line of the spec caused it, and emits its calls at the places where they run: before
 * the sandbox's first process exists, beside it, or in it. Most steps have one such place.
 */
public interface Step {
    /** What it does, as in "mount a new procfs on /proc". */
    String title();

    /** The part of the spec that asked for it; empty for what every sandbox gets. */
    default Optional<Span> cause() {
        return Optional.empty();
    }

    /** Emits what the launcher does before the sandbox's first process exists. */
    default void beforeClone(Emitter emitter) {}

    /** Emits what the launcher does once the sandbox's first process waits. */
    default void inParent(Emitter emitter) {}

    /** Emits what the sandbox's first process does. */
    default void inChild(Emitter emitter) {}
}
