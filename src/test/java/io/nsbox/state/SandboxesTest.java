package io.nsbox.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Commands;
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
    void aNamedPipeAmongTheFilesMakesNobodyWait() throws IOException {
        Path own = sandboxes.prepare("piped");
        Files.createFile(own.resolve("lock"));
        assertThat(Commands.run("mkfifo", own + "/pids", own + "/status").status())
                .isZero();

        assertThat(sandboxes.list()).extracting(Sandbox::state).containsExactly(Sandbox.State.LOST);
        assertThat(Sandboxes.read(sandboxes.list().get(0), "status")).isEmpty();
    }

    @Test
    void whereThereIsNoFolderThereIsNothingToRemove() throws IOException {
        assertThat(sandboxes.removeUnclaimed(Instant.MAX)).isEmpty();
    }
}
