package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.spec.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of README.md, and of the pages that it leads to, that need no sandbox. */
class ReadmeTest {
    private static final MarkdownPage PAGE = MarkdownPage.read("README.md");
    private static final Pattern LATER = Pattern.compile("not supported yet|reserved for (a|the) later|still to come");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(#[^)]*)?\\)");

    @Test
    void theSpecIsShownAsItIs() throws IOException {
        MarkdownPage.Block spec = PAGE.blocks("yaml specs/pid-mount.yaml").get(0);
        assertThat(Files.readString(Path.of("specs/pid-mount.yaml"))
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#")))
                .containsExactlyElementsOf(spec.lines());
    }

    @Test
    void theOnlyShellBlockIsTheTestCommand() {
        assertThat(PAGE.blocks("sh"))
                .singleElement()
                .satisfies(block -> assertThat(block.lines()).containsExactly("mvn -B verify"));
        assertThat(PAGE.blocks().stream().map(MarkdownPage.Block::info).distinct())
                .containsExactlyInAnyOrder("yaml specs/pid-mount.yaml", "console", "sh", "text");
    }

    @Test
    void everyReservedKeyIsNamedAmongTheLimits() {
        String limits = PAGE.text().substring(PAGE.text().indexOf("\n## Limits"));
        limits = limits.substring(0, limits.indexOf("\n\nWithout `rootfs`"));
        for (Key key : Key.values()) {
            assertThat(limits.contains("`" + key.word() + "`")).as(key.word()).isEqualTo(!key.isSupported());
        }
    }

    @Test
    void thePlaceOfTheMeasuredTableIsMarkedOnce() {
        assertThat(PAGE.text()).containsOnlyOnce("<!-- bench -->").containsOnlyOnce("<!-- /bench -->");
    }

    @Test
    void theReadmeLeadsToEveryDesignRecordAndEachSaysWhyAndWhatFollows() throws IOException {
        try (Stream<Path> records = Files.list(Path.of("docs/design"))) {
            List<Path> all = records.sorted().toList();
            assertThat(all).hasSizeGreaterThanOrEqualTo(8);
            for (Path record : all) {
                assertThat(PAGE.text()).contains("(" + record + ")");
                assertThat(Files.readString(record))
                        .as(record.toString())
                        .containsSubsequence("\n**Context.**", "\n**Decision.**", "\n**Consequences.**");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void noPageCallsASupportedKeyReserved(Path page) throws IOException {
        for (String paragraph : Files.readString(page).split("\n\n")) {
            boolean refuses = LATER.matcher(paragraph.replace('\n', ' ')).find();
            for (Key key : Key.values()) {
                if (refuses && key.isSupported() && !paragraph.startsWith("| ")) {
                    assertThat(paragraph).doesNotContain("`" + key.word() + "`");
                }
            }
        }
    }

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("docs"))) {
            List<Path> pages =
                    files.filter(file -> file.toString().endsWith(".md")).toList();
            return Stream.concat(
                    Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(Path::of), pages.stream());
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsToAFileAndAHeadingOfIt(Path page) throws IOException {
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
            Path folder = page.getParent() == null ? Path.of("") : page.getParent();
            Path target = link.group(1).isEmpty()
                    ? page
                    : folder.resolve(link.group(1)).normalize();
            assertThat(target).as("%s links to %s", page, link.group()).exists();
            if (link.group(2) != null) {
                assertThat(Files.readString(target)
                                .lines()
                                .filter(line -> line.startsWith("#"))
                                .map(ReadmeTest::anchor))
                        .as("%s links to %s", page, link.group())
                        .contains(link.group(2).substring(1));
            }
        }
    }

    /** The anchor that renderers of Markdown give a heading. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9 _-]", "")
                .replace(' ', '-');
    }
}
