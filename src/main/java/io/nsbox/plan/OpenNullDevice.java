package io.nsbox.plan;

import io.nsbox.diag.Span;
import java.util.Optional;

/**
 * Keeps the host's null device at hand, to mask files with.
 *
 * <p>Before anything is mounted, and looked at: what a root file system calls {@code /dev/null} may be anything.
 */
record OpenNullDevice(Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "keep the null device to mask files with";
    }

    @Override
    public void inChild(Emitter emitter) {
        new KnownDevices(emitter).openNull();
    }
}
