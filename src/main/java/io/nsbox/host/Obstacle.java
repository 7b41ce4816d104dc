package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/**
 * What stands in the way of something.
 *
 * @param certain whether it is refused for certain, rather than perhaps
 * @param reason why
 * @param fixes what removes it; each one is enough
 */
record Obstacle(boolean certain, String reason, List<String> fixes) {
    Obstacle {
        fixes = List.copyOf(fixes);
    }

    static Obstacle refused(String reason, String... fixes) {
        return new Obstacle(true, reason, List.of(fixes));
    }

    static Obstacle perhaps(String reason, String... fixes) {
        return new Obstacle(false, reason, List.of(fixes));
    }

    /** The same obstacle, as seen by something that depends on what it stands before. */
    Obstacle because(String otherReason) {
        return new Obstacle(certain, otherReason, fixes);
    }

    /** The one to tell of where several stand in the way: the first that is certain, else the first. */
    @SafeVarargs
    static Optional<Obstacle> worst(Optional<Obstacle>... obstacles) {
        Optional<Obstacle> worst = Optional.empty();
        for (Optional<Obstacle> obstacle : obstacles) {
            boolean worse = obstacle.isPresent()
                    && (worst.isEmpty()
                            || (obstacle.get().certain() && !worst.get().certain()));
            worst = worse ? obstacle : worst;
        }
        return worst;
    }

    Verdict verdict(String key) {
        return new Verdict(key, certain ? Verdict.Status.NO : Verdict.Status.UNKNOWN, reason, fixes);
    }
}
