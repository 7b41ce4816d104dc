package io.nsbox.spec;

import org.jspecify.annotations.Nullable;

/**
 * What the command is and may do: its ids, capabilities, limits and filters, one component a key of the language.
 *
 * @param umask file mode creation mask, 0 to 0777; the caller's unless given
 */
public record Confinement(@Nullable Integer umask) {
    /** As little as the language's defaults take away. */
    public static final Confinement DEFAULT = new Confinement(null);
}
