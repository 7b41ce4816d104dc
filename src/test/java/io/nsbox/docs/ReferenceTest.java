package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Diagnostic;
import io.nsbox.spec.Key;
import io.nsbox.spec.Namespace;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/reference.md against the table of keys, and its examples and messages against the reader. */
class ReferenceTest {
    private static final MarkdownPage PAGE = MarkdownPage.read("docs/reference.md");

    @TempDir
    private Path folder;

    @Test
    void everySupportedKeyHasASectionAndNoOther() {
        assertThat(PAGE.headings(3).stream()
                        .filter(heading -> heading.startsWith("`"))
                        .map(heading -> heading.replace("`", "")))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Key.values())
                        .filter(Key::isSupported)
                        .map(Key::word)
                        .toList());
    }

    @Test
    void theTableAtTheTopLeadsToEverySectionInItsOrder() {
        List<String> listed = section("## Keys")
                .lines()
                .filter(line -> line.startsWith("| ["))
                .flatMap(line ->
                        Pattern.compile("\\[`(\\w+)`]\\(#\\1\\)").matcher(line).results())
                .map(link -> link.group(1))
                .toList();
        assertThat(listed)
                .containsExactlyElementsOf(PAGE.headings(3).stream()
                        .filter(heading -> heading.startsWith("`"))
                        .map(heading -> heading.replace("`", ""))
                        .toList());
    }

    @Test
    void everySectionSaysWhichNamespaceItsKeyNeeds() {
        for (Key key : Key.values()) {
            if (key.isSupported()) {
                String section = section("### `" + key.word() + "`");
                for (Namespace namespace : Namespace.values()) {
                    assertThat(section.startsWith("Needs `" + namespace.word() + "`"))
                            .as("%s needs %s", key.word(), namespace.word())
                            .isEqualTo(key.needs().equals(java.util.Optional.of(namespace)));
                }
            }
        }
    }

    @Test
    void everyReservedKeyIsListed() {
        String section = section("## Reserved keys");
        for (Key key : Key.values()) {
            assertThat(section.lines()
                            .filter(line -> line.startsWith("`"))
                            .anyMatch(line -> line.contains("`" + key.word() + "`")))
                    .as(key.word())
                    .isEqualTo(!key.isSupported());
        }
    }

    @Test
    void everySupportedKeyStandsInAnExample() {
        String examples = String.join(
                "\n", PAGE.blocks("yaml").stream().map(MarkdownPage.Block::text).toList());
        for (Key key : Key.values()) {
            if (key.isSupported()) {
                assertThat(examples).containsPattern("(?m)^" + key.word() + ":");
            }
        }
    }

    @Test
    void everyExampleIsValidWithoutAWarning() {
        assertThat(PAGE.blocks("yaml")).hasSizeGreaterThanOrEqualTo(8);
        for (MarkdownPage.Block block : PAGE.blocks("yaml")) {
            assertThat(problems(block)).as("line %d", block.line()).isEmpty();
        }
    }

    @Test
    void everyWrongExampleGetsTheMessagesBelowIt() {
        List<MarkdownPage.Block> blocks = PAGE.blocks();
        int compared = 0;
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).info().equals("yaml invalid")) {
                assertThat(problems(blocks.get(i)))
                        .as("line %d", blocks.get(i).line())
                        .isNotEmpty()
                        .isEqualTo(blocks.get(i + 1).text());
                compared++;
            }
        }
        assertThat(compared).isGreaterThanOrEqualTo(8);
    }

    private String problems(MarkdownPage.Block block) {
        try {
            Path file = folder.resolve("box.yaml");
            Files.writeString(file, block.text());
            StringBuilder text = new StringBuilder();
            for (Diagnostic problem :
                    new SpecReader(ReadOptions.DEFAULT).read("box.yaml", file).diagnostics()) {
                text.append(problem.span().orElseThrow().line())
                        .append(':')
                        .append(problem.span().orElseThrow().column())
                        .append(": ")
                        .append(problem.severity().name().toLowerCase(Locale.ROOT))
                        .append(": ")
                        .append(problem.message())
                        .append('\n');
                problem.help()
                        .ifPresent(
                                help -> text.append("    help: ").append(help).append('\n'));
            }
            return text.toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String section(String heading) {
        int start = PAGE.text().indexOf("\n" + heading + "\n");
        assertThat(start).as(heading).isPositive();
        String rest = PAGE.text().substring(start + heading.length() + 2).stripLeading();
        int end = rest.indexOf("\n#");
        return end < 0 ? rest : rest.substring(0, end);
    }
}
