package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.OciDifference;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the table of docs/oci.md against the differences that the test with runc lets pass. */
class OciPageTest {
    @Test
    void theTableListsEveryDifferenceInOrder() {
        String page = MarkdownPage.read("docs/oci.md").text();
        List<String> rows = page.substring(page.indexOf("| what | nsbox |"))
                .lines()
                .skip(2)
                .map(line -> line.split(" [|] ")[0].substring(2))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(OciDifference.values())
                        .map(OciDifference::title)
                        .toList());
    }
}
