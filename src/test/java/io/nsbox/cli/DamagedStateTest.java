package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.state.Sandboxes;
import io.nsbox.testing.Commands;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The account of sandboxes where a file of it is missing, is only half there, or is another one: one line says so, the other
 * sandboxes are listed all the same, and what is there can be removed.
 */
class DamagedStateTest {
    private static final String DESCRIPTION =
            "{\"spec\":\"/box.yaml\",\"file\":\"box.yaml\",\"settings\":[],\"home\":\"\",\"command\":[\"true\"],"
                    + "\"namespaces\":[\"user\"],\"init\":false,\"detached\":true,\"report\":\"\",\"inputs\":{}}";

    @TempDir
    Path temp;

    private final Captured captured = new Captured();
    private Path states;
    private Path box;

    @BeforeEach
    void twoSandboxesHaveEnded() throws IOException {
        states = temp.resolve("states");
        make("other");
        box = make("box");
    }

    private Path make(String name) throws IOException {
        Path folder = new Sandboxes(states).prepare(name);
        Files.createFile(folder.resolve("lock"));
        Files.writeString(folder.resolve("pids"), "4194305 4194306\n");
        Files.writeString(folder.resolve("status"), "3\n");
        Files.writeString(folder.resolve("sandbox.json"), DESCRIPTION);
        Files.writeString(folder.resolve("spec.yaml"), "namespaces: [user]\n");
        Files.writeString(folder.resolve("log"), "one\ntwo\n");
        Files.write(folder.resolve("log.index"), entry(1, 0, 0));
        return folder;
    }

    private static byte[] entry(long seconds, long nanos, long offset) {
        return ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(seconds)
                .putLong(nanos)
                .putLong(offset)
                .array();
    }

    private int run(String... words) {
        captured.reset();
        Console console = captured.console(Map.of("NSBOX_DEBUG", "1"), temp, false);
        return Main.run(
                console,
                Main.compiler(),
                (image, request) -> ExitStatus.OK,
                new CacheFolder(null),
                new StateFolder(states, false),
                words);
    }

    private String out() {
        return captured.out();
    }

    private String err() {
        return captured.err();
    }

    private String listed() {
        assertThat(run("ps", "-a")).isEqualTo(ExitStatus.OK);
        assertThat(err()).isEmpty();
        return out().replaceAll("(?m) +$|\\b\\d+\\w ago", "").replaceAll(" +", " ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[]",
                "{\"spec\":",
                "{\"spec\":\"/b\\u0000x\",\"file\":\"\",\"settings\":[],\"home\":\"\",\"command\":[],\"namespaces\":[],"
                        + "\"init\":false,\"detached\":true,\"report\":\"\",\"inputs\":{}}",
                "{\"spec\":\"/box\",\"file\":\"\",\"settings\":[null],\"home\":\"\",\"command\":[],\"namespaces\":[],"
                        + "\"init\":false,\"detached\":true,\"report\":\"\",\"inputs\":{}}",
            })
    void withoutADescriptionItIsListedHasItsLogAndCanBeRemoved(String description) throws IOException {
        Files.writeString(box.resolve("sandbox.json"), description);

        assertThat(listed()).contains("box exited (3) - -\n", "other exited (3) - true\n");
        assertThat(run("ps", "-a", "--format", "json")).isEqualTo(ExitStatus.OK);
        assertThat(run("inspect", "box")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(err())
                .isEqualTo(
                        "nsbox: error: what describes the sandbox 'box' cannot be read; `nsbox rm box` removes it\n");
        assertThat(run("logs", "box")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("one\ntwo\n");
        assertThat(run("rm", "box")).isEqualTo(ExitStatus.OK);
        assertThat(box).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"256", "999", "-1", "0x3", "3 4"})
    void whatIsNoStatusCountsAsNone(String status) throws IOException {
        Files.writeString(box.resolve("status"), status);

        assertThat(listed()).contains("box lost - true\n");
        assertThat(run("wait", "box")).isEqualTo(137);
    }

    /** As a launcher leaves it that was killed before it had written anything. */
    @Test
    void whatWasKilledBeforeItWasDescribedIsCollected() throws IOException {
        Files.delete(box.resolve("status"));
        Files.delete(box.resolve("sandbox.json"));

        assertThat(run("rm", "box")).isEqualTo(ExitStatus.OK);
        assertThat(err()).isEmpty();
        assertThat(box).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pids", "status", "sandbox.json", "log", "log.index"})
    void aLoopOfLinksInOneKeepsTheOthersFromNothing(String name) throws IOException {
        Files.delete(box.resolve(name));
        Files.createSymbolicLink(box.resolve(name), box.resolve(name));

        assertThat(listed()).contains("box ", "other exited (3) - true\n");
        assertThat(run("rm", "box")).isEqualTo(ExitStatus.OK);
        assertThat(box).doesNotExist();
    }

    /** Root may read it all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"pids", "status", "sandbox.json"})
    void aFileThatMayNotBeReadKeepsTheOthersFromNothing(String name) throws IOException {
        Files.setPosixFilePermissions(box.resolve(name), Set.of());

        assertThat(listed()).contains("box ", "other exited (3) - true\n");
        assertThat(run("logs", "box")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("one\ntwo\n");
        assertThat(run("rm", "box")).isEqualTo(ExitStatus.OK);
        assertThat(box).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pids", "status", "sandbox.json", "log.index"})
    void aFileOfManyGigabytesIsNotReadToItsEnd(String name) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(box.resolve(name).toFile(), "rw")) {
            file.setLength(5L << 30);
        }

        assertThat(listed()).contains("other exited (3) - true\n");
        assertThat(run("logs", "--since", "1970-01-01T00:00:00Z", "box")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("one\ntwo\n");
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807, 0, 0", "0, -9223372036854775808, 0", "1, 0, -1"})
    void timesThatAreNoneAreSaidToBeNone(long seconds, long nanos, long offset) throws IOException {
        Files.write(box.resolve("log.index"), entry(seconds, nanos, offset));

        // The second is a time, far before all others.
        boolean isTime = seconds == 0;
        assertThat(run("logs", "--since", "1970-01-01T00:00:00Z", "box"))
                .isEqualTo(isTime ? ExitStatus.OK : ExitStatus.PROBLEMS);
        assertThat(err())
                .isEqualTo(
                        isTime
                                ? ""
                                : "nsbox: error: the times of the log of the sandbox 'box' cannot be read;"
                                        + " without --since it is printed from its start\n");
    }

    @Test
    void aPipeInThePlaceOfAFileMakesNobodyWait() throws IOException {
        for (String name : new String[] {"log", "status"}) {
            Files.delete(box.resolve(name));
            assertThat(Commands.run("mkfifo", box.resolve(name).toString()).status())
                    .isZero();
        }

        assertThat(run("logs", "box")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(err())
                .isEqualTo("nsbox: error: the sandbox 'box' keeps no log: it was not started with nsbox up -d\n");
        assertThat(run("wait", "box")).isEqualTo(137);
        assertThat(out()).isEqualTo("137\n");
    }

    @Test
    void aFolderInThePlaceOfAFileIsSaidToBeInTheWay() throws IOException {
        Files.delete(box.resolve("status"));
        Files.createDirectories(box.resolve("status/more"));

        assertThat(run("wait", "box")).isEqualTo(137);
        assertThat(run("rm", "box")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(err())
                .isEqualTo("nsbox: error: box: " + box.resolve("status") + " is a folder with something in it\n");
    }

    @Test
    void whatIsNoFolderOfASandboxIsNeverCollected() throws IOException {
        Path notes = Files.createFile(states.resolve("notes"));
        Path link = Files.createSymbolicLink(states.resolve("link"), temp);
        Path hidden = Files.createDirectory(states.resolve(".hidden"));

        assertThat(new Sandboxes(states).removeUnclaimed(Instant.MAX)).isEmpty();
        assertThat(notes).exists();
        assertThat(link).isSymbolicLink();
        assertThat(hidden).exists();
    }
}
