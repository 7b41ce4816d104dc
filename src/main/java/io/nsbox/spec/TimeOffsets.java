package io.nsbox.spec;

import java.time.Duration;
import java.util.Optional;

/**
 * How far the clocks of a new time namespace are shifted (time_namespaces(7)).
 *
 * @param monotonic of CLOCK_MONOTONIC; may be negative
 * @param boottime of CLOCK_BOOTTIME; may be negative
 */
public record TimeOffsets(Optional<Duration> monotonic, Optional<Duration> boottime) {}
