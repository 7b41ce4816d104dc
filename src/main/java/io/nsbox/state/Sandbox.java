package io.nsbox.state;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A sandbox that has a name, as it was at one moment.
 *
 * @param name its name
 * @param folder the folder that is its own
 * @param state how it is
 * @param launcher pid of its launcher, while that lives
 * @param pid pid of its first process as the caller sees it, while it runs
 * @param status its exit status, once it has ended
 * @param started when its command was about to start
 * @param ended when it ended
 */
public record Sandbox(
        String name,
        Path folder,
        State state,
        OptionalLong launcher,
        OptionalLong pid,
        OptionalInt status,
        Optional<Instant> started,
        Optional<Instant> ended) {

    /** How a sandbox is. */
    public enum State {
        /** Its launcher lives, its first process does not exist yet, or has ended just now. */
        STARTING,
        /** It runs. */
        RUNNING,
        /** It has ended, and its status is known. */
        EXITED,
        /** Its launcher was killed, so nobody knows how it ended. */
        LOST
    }

    /** Whether its launcher lives. */
    public boolean isAlive() {
        return launcher.isPresent();
    }
}
