package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Diagnostics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where it answers, the quick composer says what the YAML engine says. */
class JsonComposerTest {
    private static String spelled(YamlNode node) {
        String place = node.place().start() + "-" + node.place().end() + ":";
        if (node instanceof YamlNode.Mapping mapping) {
            StringBuilder text = new StringBuilder(place + "{");
            mapping.entries()
                    .forEach(entry -> text.append(spelled(entry.key()))
                            .append('=')
                            .append(spelled(entry.value()))
                            .append(','));
            return text.append('}').toString();
        }
        if (node instanceof YamlNode.Sequence sequence) {
            StringBuilder text = new StringBuilder(place + "[");
            sequence.items().forEach(item -> text.append(spelled(item)).append(','));
            return text.append(']').toString();
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return place + scalar.type() + "'" + scalar.text() + "'" + scalar.plain() + node.weight();
    }

    private static void agree(String text) {
        SourceText source = new SourceText("x", text);
        Diagnostics diagnostics = new Diagnostics("x");
        YamlNode theirs = YamlComposer.compose(source, diagnostics).orElseThrow();
        assertThat(diagnostics.hasErrors()).isFalse();
        assertThat(JsonComposer.compose(source).map(JsonComposerTest::spelled)).hasValue(spelled(theirs));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/main/resources/io/nsbox/seccomp/default.json",
                "src/test/resources/seccomp/docker-shaped.json",
            })
    void profilesAreTheSameTree(String file) throws IOException {
        agree(Files.readString(Path.of(file)).replace('\t', ' '));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"a\": [1, 2, 18446744073709551615], \"b\": {\"c\": null, \"d\": true}, \"e\": \"\"}",
                "[\"a b\", \"c: d\", \"# e\", \"\u00e4\ud83d\ude00\", 0, false]",
                " {\n \"a\" : [ ] , \"b\" : { } }\n\n",
            })
    void plainJsonIsTheSameTree(String text) {
        agree(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\"}",
                "{\"a\": 1,}",
                "{\"a\": 1 \"b\": 2}",
                "{\"a\": 1, \"a\": 2}",
                "[1, 2",
                "[1] 2",
                "{a: 1}",
                "[-1]",
                "[1.5]",
                "[\"\\n\"]",
                "[\"a\nb\"]",
                "[\"a",
                "[yes]",
                "# note\n[1]",
                "{\"a\": &b 1}",
            })
    void allElseIsLeftToTheEngine(String text) {
        assertThat(JsonComposer.compose(new SourceText("x", text))).isEmpty();
    }

    @Test
    void depthAndSizeHaveTheSameLimits() {
        assertThat(JsonComposer.compose(new SourceText("x", "[".repeat(65) + "]".repeat(65))))
                .isEmpty();
        assertThat(JsonComposer.compose(new SourceText("x", "[".repeat(63) + "]".repeat(63))))
                .isPresent();
        assertThat(JsonComposer.compose(new SourceText("x", "[" + "1,".repeat(50_000) + "1]")))
                .isEmpty();
        assertThat(JsonComposer.compose(new SourceText("x", "[".repeat(1_000_000))))
                .isEmpty();
    }
}
