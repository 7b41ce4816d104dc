package io.nsbox.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxesTest {
    @TempDir
    Path temp;

    private Sandboxes sandboxes;

    @BeforeEach
    void make() {
        sandboxes = new Sandboxes(temp.resolve("run"));
    }

    @Test
    void aFolderWhoseLauncherNeverCameIsRemovedOnceItIsOld() throws IOException {
        Path waiting = sandboxes.prepare("waiting");
        Instant made = Files.getLastModifiedTime(waiting).toInstant();

        assertThat(sandboxes.removeUnclaimed(made)).isEmpty();
        assertThat(waiting).isDirectory();
        assertThat(sandboxes.removeUnclaimed(made.plusSeconds(1))).containsExactly("waiting");
        assertThat(waiting).doesNotExist();
    }

    @Test
    void aFolderWithALockIsNot() throws IOException {
        Path taken = sandboxes.prepare("taken");
        Files.createFile(taken.resolve("lock"));

        assertThat(sandboxes.removeUnclaimed(Instant.MAX)).isEmpty();
        assertThat(taken.resolve("lock")).exists();
    }

    @Test
    void whereThereIsNoFolderThereIsNothingToRemove() throws IOException {
        assertThat(sandboxes.removeUnclaimed(Instant.MAX)).isEmpty();
    }
}
