package io.nsbox.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockHolderTest {
    @TempDir
    Path temp;

    /** Whoever waits for a sandbox looks again and again, and the sandbox may be removed at any moment. */
    @Test
    void aLockThatComesAndGoesIsHeldByNobody() throws Exception {
        Path lock = temp.resolve("lock");
        AtomicBoolean done = new AtomicBoolean();
        Thread removing = new Thread(() -> {
            try {
                while (!done.get()) {
                    Files.createFile(lock);
                    Files.delete(lock);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        removing.start();
        try {
            for (int i = 0; i < 2_000; i++) {
                assertThat(LockHolder.of(lock)).isEmpty();
            }
        } finally {
            done.set(true);
            removing.join();
        }
    }
}
