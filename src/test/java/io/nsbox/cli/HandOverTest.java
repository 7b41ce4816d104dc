package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.cli.CompileRequest.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandOverTest {
    private static final byte[] IMAGE = {1, 2, 3};

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path temp;

    @Test
    void aPlainUpIsKeptWhereTheScriptLooks() throws Exception {
        assertThat(answer(CompileRequest.plain("a/./b.yaml"), "up", "a/./b.yaml"))
                .isEqualTo("2 " + temp + "/cache/images/work dir/a/./b.yaml.image");
        assertThat(answer(CompileRequest.plain("/abs.yaml"), "up", "/abs.yaml"))
                .isEqualTo("2 " + temp + "/cache/images/abs.yaml.image");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../b.yaml", "a/../b.yaml", "/a/.."})
    void aPathThatGoesUpIsKeptForOneTime(String spec) throws Exception {
        assertThat(answer(CompileRequest.plain(spec), "up", spec)).startsWith("2 " + temp + "/cache/once/");
    }

    @Test
    void anUpWithOptionsIsKeptForOneTimeAndTellsWhichArgumentIsTheSpec() throws Exception {
        CompileRequest request = new CompileRequest("b.yaml", null, List.of(), List.of("id"), Purpose.RUN);

        assertThat(answer(request, "up", "--set=timeout=1s", "b.yaml", "--", "id"))
                .startsWith("3 " + temp + "/cache/once/");
    }

    @Test
    void aPathTooLongForTheCacheIsKeptForOneTime() throws Exception {
        String spec = "/" + "x".repeat(250);

        assertThat(answer(CompileRequest.plain(spec), "up", spec)).startsWith("2 " + temp + "/cache/once/");
    }

    @Test
    void withoutACacheTheLauncherIsToRunFromMemory() throws Exception {
        Files.createSymbolicLink(temp.resolve("cache"), temp);
        CompileRequest request = new CompileRequest("b.yaml", null, List.of(), null, Purpose.RUN);

        assertThat(answer(request, "up", "b.yaml")).isEqualTo("memory");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void whyThereIsNoCacheIsToldOnWish() throws Exception {
        Files.createSymbolicLink(temp.resolve("cache"), temp);
        environment.put("NSBOX_DEBUG", "1");

        assertThat(answer(CompileRequest.plain("b.yaml"), "up", "b.yaml")).isEqualTo("memory");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("nsbox: note: cannot use the cache " + temp
                        + "/cache: it is a symbolic link; the launcher runs from memory\n");
    }

    private String answer(CompileRequest request, String... arguments) throws Exception {
        Path pipe = temp.resolve("answer");
        PrintStream nowhere = new PrintStream(err, true, StandardCharsets.UTF_8);
        Console console =
                new Console(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, environment, temp, false, false);
        HandOver handOver = new HandOver(
                List.of(arguments),
                new CacheFolder(temp.resolve("cache")),
                "/work dir",
                "nsbox",
                pipe.toString(),
                console);
        assertThat(handOver.run(IMAGE, request)).isZero();
        String answer = Files.readString(pipe);
        if (answer.contains("/")) {
            assertThat(Path.of(answer.substring(answer.indexOf(' ') + 1))).hasBinaryContent(IMAGE);
        }
        return answer;
    }
}
