package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Code;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Holds the table of docs/errors.md against the codes. */
class ErrorsTest {
    @Test
    void theTableListsEveryCodeInOrder() {
        assertThat(MarkdownPage.read("docs/errors.md").text().lines().filter(line -> line.startsWith("| `")))
                .containsExactlyElementsOf(Arrays.stream(Code.values())
                        .map(code -> "| `" + code.id() + "` | " + code.summary() + " |")
                        .toList());
    }
}
