package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Requirements;
import io.nsbox.testing.Terminal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Types docs/tutorial.md into a terminal, from its first line to its last, and compares. */
class TutorialIT {
    private static final MarkdownPage PAGE = MarkdownPage.read("docs/tutorial.md");

    @Test
    void rootSeesWhatTheTutorialShows() {
        try (Reader root = Reader.root()) {
            follow(root);
        }
    }

    @Test
    void anOrdinaryUserSeesWhatTheTutorialShows() {
        try (Reader user = Reader.ordinaryUser()) {
            follow(user);
        }
    }

    private static void follow(Reader reader) {
        for (String program : List.of("ip", "ps", "ipcs", "ipcmk", "hostname", "stty", "sha256sum")) {
            Requirements.requireProgram(program);
        }
        Map<String, List<MarkdownPage.Block>> sections = PAGE.blocks("console").stream()
                .collect(Collectors.groupingBy(
                        MarkdownPage.Block::section, java.util.LinkedHashMap::new, Collectors.toList()));
        assertThat(sections).as("sections with experiments").hasSizeGreaterThanOrEqualTo(10);
        try (Terminal terminal = reader.terminal()) {
            sections.forEach((section, blocks) -> {
                Transcript transcript = new Transcript();
                try {
                    blocks.forEach(block -> Typist.type("docs/tutorial.md", block, transcript, terminal));
                } finally {
                    transcript.valueOf("queue").ifPresent(queue -> terminal.type("ipcrm -q " + queue + " 2>/dev/null"));
                }
            });
        }
    }
}
