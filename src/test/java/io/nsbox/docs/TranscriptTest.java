package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    private final Transcript transcript = new Transcript();

    @Test
    void theSameLinesMatch() {
        assertThat(transcript.mismatch(List.of("a", "b"), List.of("a", "b"))).isEmpty();
    }

    @Test
    void anotherTextIsShownBesideTheExpectedOne() {
        assertThat(transcript.mismatch(List.of("box"), List.of("vm"))).contains("expected:\nbox\nbut was:\nvm\n");
    }

    @Test
    void anAdditionalLineDoesNotMatch() {
        assertThat(transcript.mismatch(List.of("lo"), List.of("lo", "eth0")))
                .contains("expected:\nlo\nbut was:\nlo\neth0\n");
    }

    @Test
    void aMissingLineDoesNotMatch() {
        assertThat(transcript.mismatch(List.of("lo"), List.of())).contains("expected:\nlo\nbut was:\n");
    }

    @Test
    void runsOfBlanksCountAsOneAndNoneIsLess() {
        assertThat(transcript.mismatch(List.of("a  b "), List.of("a b"))).isEmpty();
        assertThat(transcript.mismatch(List.of("a b"), List.of("ab"))).contains("expected:\na b\nbut was:\nab\n");
    }

    @Test
    void threeDotsStandForTheRestOfALineAndAloneForAnyLines() {
        assertThat(transcript.mismatch(List.of("uid=0(...) gid=...", "..."), List.of("uid=0(root) gid=0", "x", "y")))
                .isEmpty();
        assertThat(transcript.mismatch(List.of("..."), List.of())).isEmpty();
        assertThat(transcript.mismatch(List.of("a..."), List.of("a", "b"))).isPresent();
    }

    @Test
    void aNameStandsForTheSameTextEverywhere() {
        assertThat(transcript.mismatch(List.of("uts:[<outside>]"), List.of("uts:[42]")))
                .isEmpty();
        assertThat(transcript.fillIn("echo <outside> <other>")).isEqualTo("echo 42 <other>");
        assertThat(transcript.mismatch(List.of("uts:[<outside>]"), List.of("uts:[42]")))
                .isEmpty();
        assertThat(transcript.mismatch(List.of("uts:[<outside>]"), List.of("uts:[43]")))
                .contains("expected:\nuts:[42]\nbut was:\nuts:[43]\n");
    }

    @Test
    void twoNamesStandForDifferentTexts() {
        assertThat(transcript.mismatch(List.of("<outside>"), List.of("42"))).isEmpty();
        assertThat(transcript.mismatch(List.of("<inside>"), List.of("42")))
                .contains("<inside> and <outside> are both 42");
    }

    @Test
    void aNameTwiceInOneOutputIsTheSameText() {
        assertThat(transcript.mismatch(List.of("<a> <a>"), List.of("1 1"))).isEmpty();
        assertThat(new Transcript().mismatch(List.of("<a> <a>"), List.of("1 2")))
                .isPresent();
    }

    @Test
    void aBlockIsReadAsCommandsWithTheirOutput() {
        MarkdownPage.Block block = new MarkdownPage.Block(
                7, "UTS", "console", List.of("$ nsbox up x", "sandbox# hostname", "box", "sandbox# exit"));
        assertThat(Transcript.typed(block))
                .containsExactly(
                        new Transcript.Typed(7, "$ ", "nsbox up x", List.of()),
                        new Transcript.Typed(8, "sandbox# ", "hostname", List.of("box")),
                        new Transcript.Typed(10, "sandbox# ", "exit", List.of()));
    }

    @Test
    void aBlockWithoutAPromptIsRefused() {
        MarkdownPage.Block block = new MarkdownPage.Block(7, "UTS", "console", List.of("box"));
        assertThatThrownBy(() -> Transcript.typed(block))
                .isInstanceOf(AssertionError.class)
                .hasMessage("line 7: a console block starts with a prompt: box");
    }
}
