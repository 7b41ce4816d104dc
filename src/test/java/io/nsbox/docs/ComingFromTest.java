package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.spec.Key;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the keys that docs/coming-from.md names against the language. */
class ComingFromTest {
    private static final MarkdownPage PAGE = MarkdownPage.read("docs/coming-from.md");
    private static final Pattern KEY = Pattern.compile("`([a-z_]+)(?::[^`]*)?`");

    @Test
    void everyKeyThatARowNamesIsSupportedUnlessTheRowSaysOtherwise() {
        int keys = 0;
        for (String line :
                PAGE.text().lines().filter(each -> each.startsWith("| ")).toList()) {
            String right = line.substring(line.lastIndexOf(" | ", line.length() - 3));
            Matcher matcher = KEY.matcher(right);
            while (matcher.find()) {
                Optional<Key> key = Key.find(matcher.group(1));
                if (key.isEmpty()) {
                    assertThat(matcher.group())
                            .as("a key with a value")
                            .matches("`[a-z_]+`|`optional: true`|`rw: true`");
                } else {
                    keys++;
                    assertThat(key.get().isSupported() || right.contains("not supported yet"))
                            .as(line)
                            .isTrue();
                }
            }
        }
        assertThat(keys).isGreaterThan(80);
    }
}
