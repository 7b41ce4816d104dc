package io.nsbox.spec;

import io.nsbox.seccomp.Profile;
import org.jspecify.annotations.Nullable;

/**
 * What the command is and may do: its ids, capabilities, limits and filters, one component a key of the language.
 *
 * @param umask file mode creation mask, 0 to 0777; the caller's unless given
 * @param seccomp what system calls are filtered by; {@code null} for no filter
 */
public record Confinement(@Nullable Integer umask, @Nullable Profile seccomp) {
    /** As little as the language's defaults take away. */
    public static final Confinement DEFAULT = new Confinement(null, null);
}
