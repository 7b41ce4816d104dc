package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.GithubRenderer;
import io.nsbox.diag.JsonRenderer;
import io.nsbox.diag.SarifRenderer;
import io.nsbox.diag.Span;
import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What holds of every spec, right or wrong: tried with some thousand that are nearly right. */
class MutatedSpecsTest {
    private static final int SPECS = 4000;

    /** What acts on a terminal, or turns the order of what is read. */
    private static final Predicate<String> UNFIT = Pattern.compile(
                    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]")
            .asPredicate();

    private static final Path BESIDE =
            Path.of("src/test/resources/seccomp/box.yaml").toAbsolutePath();

    private static List<byte[]> specs() throws IOException {
        List<byte[]> specs = new ArrayList<>();
        for (String folder : List.of("specs", "docs/examples", "src/test/resources")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".yaml"))
                        .sorted()
                        .toList()) {
                    specs.add(Files.readAllBytes(file));
                }
            }
        }
        return specs;
    }

    @Test
    void whateverASpecHoldsTheAnswerIsSoundAndFitForATerminal() throws IOException {
        SpecMutator mutator = new SpecMutator(20260101, specs());
        SpecReader reader = new SpecReader(ReadOptions.DEFAULT.withHome(Optional.of("/root")));
        int valid = 0;
        for (int i = 0; i < SPECS; i++) {
            byte[] spec = mutator.next();
            try {
                ReadResult result = reader.read("box.yaml", BESIDE, spec);
                check(result, spec);
                assertThat(reader.read("box.yaml", BESIDE, spec).diagnostics()).isEqualTo(result.diagnostics());
                valid += result.isValid() ? 1 : 0;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("spec " + i + ":\n" + new String(spec, StandardCharsets.UTF_8), e);
            }
        }
        // Else they were not nearly right.
        assertThat(valid).isBetween(SPECS / 20, SPECS / 2);
    }

    private static void check(ReadResult result, byte[] spec) {
        List<Diagnostic> problems = result.diagnostics();
        assertThat(result.isValid()).isEqualTo(problems.stream().noneMatch(Diagnostic::isError));
        assertThat(new HashSet<>(problems)).hasSameSizeAs(problems);
        String[] lines = withoutMark(new String(spec, StandardCharsets.UTF_8)).split("\r\n|\n|\r", -1);
        Diagnostic before = null;
        for (Diagnostic problem : problems) {
            assertThat(problem.message()).doesNotContain("\n").isNotBlank();
            if (before != null && before.file().equals(problem.file()) && problem.code() != Code.TOO_MANY_PROBLEMS) {
                assertThat(Diagnostic.FILE_ORDER.compare(before, problem)).isNotPositive();
            }
            before = problem;
            places(problem).filter(place -> place.file().equals("box.yaml")).forEach(place -> check(place, lines));
        }
        String text = new TextRenderer(Style.PLAIN).render(problems);
        assertThat(UNFIT.test(text)).as(text).isFalse();
        String github = new GithubRenderer().render(problems);
        assertThat(UNFIT.test(github)).as(github).isFalse();
        assertThat(github.lines()).hasSameSizeAs(problems);
        assertThat(JsonMapper.shared()
                        .readTree(new JsonRenderer().render(problems))
                        .size())
                .isEqualTo(problems.size());
        assertThat(JsonMapper.shared()
                        .readTree(new SarifRenderer("1").render(problems))
                        .at("/runs/0/results")
                        .size())
                .isEqualTo(problems.size());
    }

    private static String withoutMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static Stream<Span> places(Diagnostic problem) {
        return Stream.concat(problem.span().stream(), problem.related().stream().map(related -> related.span()));
    }

    private static void check(Span place, String[] lines) {
        assertThat(place.line()).isLessThanOrEqualTo(lines.length);
        String line = lines[place.line() - 1];
        assertThat(place.text()).isEqualTo(line);
        int points = line.codePointCount(0, line.length());
        assertThat(place.column()).isLessThanOrEqualTo(points + 1);
        assertThat(place.column() + place.length() - 1).isLessThanOrEqualTo(Math.max(points, place.column()));
    }
}
