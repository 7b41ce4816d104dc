package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import io.nsbox.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder below {@code cases} holds a spec, {@code box.yaml}, and what is said about it, {@code errors.txt};
 * {@code set.txt}, where there is one, holds settings of the command line.
 */
class SpecCasesTest {
    private static final Path CASES = Path.of("src/test/resources/cases");

    static Stream<Path> cases() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.filter(f -> Files.exists(f.resolve("box.yaml"))).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseSaysExactlyThis(Path folder) throws IOException {
        Path settings = folder.resolve("set.txt");
        List<String> set = Files.exists(settings) ? Files.readAllLines(settings) : List.of();
        ReadResult result = new SpecReader(new ReadOptions(set, List.of(), false))
                .read("box.yaml", folder.resolve("box.yaml").toAbsolutePath());
        String said = new TextRenderer(Style.PLAIN).render(result.diagnostics());
        assertThat(result.isValid()).isEqualTo(result.diagnostics().stream().noneMatch(d -> d.isError()));
        Golden.compare(folder.resolve("errors.txt"), said);
    }

    @Test
    void thereAreEnoughCases() throws IOException {
        assertThat(cases().count()).isGreaterThan(60);
    }
}
