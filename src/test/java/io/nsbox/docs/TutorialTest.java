package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.spec.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The parts of docs/tutorial.md that need no sandbox. */
class TutorialTest {
    private static final MarkdownPage PAGE = MarkdownPage.read("docs/tutorial.md");

    @Test
    void everySpecIsShownAsItIs() throws IOException {
        List<MarkdownPage.Block> shown = PAGE.blocks().stream()
                .filter(block -> block.info().startsWith("yaml"))
                .toList();
        assertThat(shown).hasSizeGreaterThanOrEqualTo(9);
        for (MarkdownPage.Block block : shown) {
            String file = block.info().substring("yaml ".length());
            List<String> essential = Files.readString(Path.of(file))
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            if (file.equals("specs/all.yaml")) {
                // Its essential lines, not all of them.
                assertThat(essential).as(file).containsSubsequence(block.lines());
            } else {
                assertThat(block.lines()).as(file).isEqualTo(essential);
            }
        }
    }

    @Test
    void everyNamespaceHasASectionOfItsOwn() {
        List<String> words = PAGE.headings(2).stream()
                .map(heading -> heading.replaceFirst(":.*", "").toLowerCase(Locale.ROOT))
                .toList();
        for (Namespace namespace : Namespace.values()) {
            assertThat(words).contains(namespace.word());
        }
    }
}
