package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Terminal;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types the console blocks of the other pages into a terminal, as an ordinary user, and compares. */
class PagesIT {
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/cli.md", "docs/recipes.md"})
    void aReaderSeesWhatThePageShows(String name) {
        List<MarkdownPage.Block> blocks = MarkdownPage.read(name).blocks("console");
        assertThat(blocks).isNotEmpty();
        try (Reader reader = Reader.ordinaryUser();
                Terminal terminal = reader.terminal()) {
            terminal.type("PATH=$PWD/bin:$PATH");
            for (MarkdownPage.Block block : blocks) {
                Typist.type(name, block, new Transcript(), terminal);
            }
        }
    }
}
