package io.nsbox.cli;

import io.nsbox.plan.Registration;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox whose end is waited for. Its status file is held open, so that the status is known also where somebody removes the
 * sandbox, or gives its name to another one, as soon as it has ended.
 */
record Awaited(Sandbox sandbox, @Nullable FileChannel status) implements AutoCloseable {
    private static final int LONGEST = 16;

    /** Begins to wait. */
    static Awaited of(Sandbox sandbox) throws IOException {
        Path file = sandbox.folder().resolve(Registration.STATUS);
        while (true) {
            try {
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    // Nothing that a launcher made: it says no status, as with those whose launcher was killed.
                    return new Awaited(sandbox, null);
                }
                return new Awaited(sandbox, FileChannel.open(file, StandardOpenOption.READ));
            } catch (NoSuchFileException e) {
                // Its launcher is about to make it, or was killed before.
                if (!Sandboxes.isStillAlive(sandbox)) {
                    return new Awaited(sandbox, null);
                }
                NamedSandboxes.pause();
            }
        }
    }

    /**
     * Waits until it has ended.
     *
     * @return its exit status; empty where its launcher was killed
     */
    OptionalInt end() throws IOException {
        NamedSandboxes.awaitEnd(sandbox);
        if (status == null) {
            return OptionalInt.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        status.read(bytes, 0);
        return Sandboxes.status(new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        if (status != null) {
            status.close();
        }
    }
}
