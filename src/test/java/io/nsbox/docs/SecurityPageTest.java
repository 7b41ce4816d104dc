package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tests that docs/security.md names against those that exist. */
class SecurityPageTest {
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]+(?:IT|Test))(?:[.]([a-zA-Z]+))?`");

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        Matcher matcher = TEST.matcher(MarkdownPage.read("docs/security.md").text());
        int named = 0;
        while (matcher.find()) {
            named++;
            assertThat(source(matcher.group(1)))
                    .as(matcher.group())
                    .contains(
                            matcher.group(2) == null ? "class " + matcher.group(1) : "void " + matcher.group(2) + "(");
        }
        assertThat(named).isGreaterThan(20);
    }

    private static String source(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            List<Path> found =
                    files.filter(file -> file.endsWith(name + ".java")).toList();
            assertThat(found).as(name).hasSize(1);
            return Files.readString(found.get(0));
        }
    }
}
