package io.nsbox.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long ago something was, as a person says it. */
final class Ages {
    private Ages() {}

    /** The time between two moments in its largest unit, such as {@code 3m}; {@code 0s} where the first is not known. */
    static String between(Optional<Instant> from, Instant to) {
        long seconds = from.map(start -> Math.max(0, Duration.between(start, to).toSeconds()))
                .orElse(0L);
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 2 * 86400 ? seconds / 3600 + "h" : seconds / 86400 + "d";
    }
}
