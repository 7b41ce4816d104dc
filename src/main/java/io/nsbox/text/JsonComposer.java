package io.nsbox.text;

import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one tree of nodes from plain JSON, much faster than {@link YamlComposer} does on a cold start.
 *
 * <p>It knows JSON without escapes and without fractions, which is what seccomp profiles are, and explains nothing: for
 * everything else it answers nothing, and the YAML engine, whose language JSON is a part of, has the word.
 */
final class JsonComposer {
    private final SourceText source;
    private final String text;
    private int at;
    private int depth;
    private int nodes;

    private JsonComposer(SourceText source) {
        this.source = source;
        this.text = source.text();
    }

    /** The document's root, if the text is JSON of the plain kind. */
    static Optional<YamlNode> compose(SourceText source) {
        JsonComposer composer = new JsonComposer(source);
        YamlNode root = composer.value();
        composer.skipBlanks();
        return root == null || composer.at < composer.text.length() ? Optional.empty() : Optional.of(root);
    }

    private @Nullable YamlNode value() {
        skipBlanks();
        if (at >= text.length() || ++nodes > YamlComposer.LARGEST || depth >= YamlComposer.DEEPEST) {
            return null;
        }
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> plain();
        };
    }

    private @Nullable YamlNode object() {
        int start = at++;
        depth++;
        List<Entry> entries = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        if (!isNext('}')) {
            do {
                skipBlanks();
                Scalar key = string();
                YamlNode value = key != null && isNext(':') ? value() : null;
                if (key == null || value == null || !keys.add(key.text())) {
                    return null;
                }
                entries.add(new Entry(key, value));
            } while (isNext(','));
            if (!isNext('}')) {
                return null;
            }
        }
        depth--;
        return Mapping.of(new Place(source, start, at), entries);
    }

    private @Nullable YamlNode array() {
        int start = at++;
        depth++;
        List<YamlNode> items = new ArrayList<>();
        if (!isNext(']')) {
            do {
                YamlNode item = value();
                if (item == null) {
                    return null;
                }
                items.add(item);
            } while (isNext(','));
            if (!isNext(']')) {
                return null;
            }
        }
        depth--;
        return Sequence.of(new Place(source, start, at), items);
    }

    private @Nullable Scalar string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            return null;
        }
        int start = at;
        for (int i = start + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                at = i + 1;
                return new Scalar(new Place(source, start, at), text.substring(start + 1, i), ScalarType.TEXT, false);
            }
            // Line breaks and runs of blanks before them would be folded.
            if (c == '\\' || c == '\n' || c == '\r') {
                return null;
            }
        }
        return null;
    }

    /** A whole number without a sign, or one of JSON's three words. */
    private @Nullable Scalar plain() {
        int start = at;
        while (at < text.length() && isWordCharacter(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        ScalarType type = switch (word) {
            case "null" -> ScalarType.NULL;
            case "true", "false" -> ScalarType.BOOL;
            default -> ScalarType.INT;
        };
        boolean isNumber = !word.isEmpty() && word.chars().allMatch(c -> c >= '0' && c <= '9');
        return type == ScalarType.INT && !isNumber ? null : new Scalar(new Place(source, start, at), word, type, true);
    }

    private static boolean isWordCharacter(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z';
    }

    /** Steps over blanks, and over this character if it comes next. */
    private boolean isNext(char wanted) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void skipBlanks() {
        while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
