package io.nsbox.cli;

import org.jspecify.annotations.Nullable;

/**
 * The nsbox that runs, and for whom.
 *
 * @param script its {@code bin/nsbox} as the caller named it; {@code null} if the jar was started without it
 * @param root whether the caller is root
 */
record Installation(@Nullable String script, boolean root) {}
