package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShellWordsTest {
    static Stream<Arguments> lines() {
        return Stream.of(
                Arguments.of("a b  c", List.of("a", "b", "c")),
                Arguments.of("  a\tb\n", List.of("a", "b")),
                Arguments.of("a 'b c' d", List.of("a", "b c", "d")),
                Arguments.of("a \"b c\" d", List.of("a", "b c", "d")),
                Arguments.of("a'b'\"c\"d", List.of("abcd")),
                Arguments.of("'' \"\"", List.of("", "")),
                Arguments.of("a\\ b \\\\ \\'", List.of("a b", "\\", "'")),
                Arguments.of("'a\\b'", List.of("a\\b")),
                Arguments.of("\"a\\b \\\" \\\\ \\$ \\`\"", List.of("a\\b \" \\ $ `")),
                Arguments.of("a\\\nb", List.of("ab")),
                Arguments.of("\"a\\\nb\"", List.of("ab")),
                Arguments.of("a\\ ", List.of("a ")),
                Arguments.of(" a \\\\ ", List.of("a", "\\")),
                Arguments.of("[ -f a ]", List.of("[", "-f", "a", "]")),
                Arguments.of("a#b a~", List.of("a#b", "a~")),
                Arguments.of("\u6f22\u5b57 \ud83d\ude00", List.of("\u6f22\u5b57", "\ud83d\ude00")),
                Arguments.of("", List.of()));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void wordsAreThoseOfAShell(String line, List<String> words) {
        ShellWords split = ShellWords.split(line);
        assertThat(split.words()).isEqualTo(words);
        assertThat(split.fault()).isEmpty();
        assertThat(split.special()).isEmpty();
    }

    /** An independent oracle: the shell of this machine, with expansion kept out by the absence of special characters. */
    @ParameterizedTest
    @MethodSource("lines")
    void theShellItselfSplitsTheSameWay(String line) {
        var result = io.nsbox.testing.Commands.run(
                "sh", "-c", "set -- " + line.replaceFirst("^\\s+", "") + "\nfor w; do printf '<%s>' \"$w\"; done");
        String words =
                ShellWords.split(line).words().stream().map(w -> "<" + w + ">").reduce("", String::concat);
        assertThat(result.out()).isEqualTo(words);
    }

    @Test
    void whatAShellWouldActOnIsNoted() {
        for (String line : List.of(
                "a $b",
                "a | b",
                "a && b",
                "a > b",
                "a *",
                "a[b]",
                "[a]* b",
                "a `b`",
                "a \"$b\"",
                "~/a",
                "# a",
                "(a)")) {
            assertThat(ShellWords.split(line).special()).as(line).isPresent();
        }
        for (String line : List.of("a '$b'", "a \\$b", "a \"\\$b\"", "a '*'", "a=b", "-c {}")) {
            assertThat(ShellWords.split(line).special()).as(line).isEmpty();
        }
        assertThat(ShellWords.split("a\nb").special()).contains("a line break");
    }
}
