package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import io.nsbox.spec.InputFile;
import io.nsbox.spec.Key;
import io.nsbox.spec.Origins;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import io.nsbox.text.YamlNode.Sequence;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the readers of the keys share: typed access to nodes, the problems found, and where each part stands. */
final class Binding {
    /** How many mounts, paths, devices or kernel parameters a list may hold: each becomes steps of a launcher. */
    static final int MOST_STEPS = 1024;

    /** How many names, ports or paths a list may hold of which a launcher makes short work. */
    static final int MOST_WORDS = 4096;

    /** So many characters fit a long in base ten, whatever they are. */
    private static final int SHORT_NUMBER = 18;

    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    private final Diagnostics diagnostics;
    private final String name;
    private int errorCount;
    private final List<InputFile> inputs = new ArrayList<>();
    private final Map<String, Span> keys = new HashMap<>();
    private final Map<String, Span> values = new HashMap<>();
    private final Set<String> faulty = new HashSet<>();
    private final Set<Key> meant = EnumSet.noneOf(Key.class);

    /** A binding for a file of this name, as the user gave it. */
    Binding(Diagnostics diagnostics, String name) {
        this.diagnostics = diagnostics;
        this.name = name;
    }

    /** What messages call another file, given relative to this file's folder. */
    String nameOf(String other) {
        return other.startsWith("/") ? other : name.substring(0, name.lastIndexOf('/') + 1) + other;
    }

    /** Remembers a file on which the spec depends. */
    void consulted(Path file, byte[] content) {
        inputs.add(new InputFile(file.toString(), content));
    }

    /** The files, beside the spec itself, on which the spec depends. */
    List<InputFile> inputs() {
        return List.copyOf(inputs);
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    Origins origins() {
        return new Origins(keys, values);
    }

    /** Remembers that a misspelled key probably means this one, so that nobody reports it missing. */
    void meant(Key key) {
        meant.add(key);
    }

    boolean isMeant(Key key) {
        return meant.contains(key);
    }

    /** Whether a problem of the value at this path, or of a part of it, was reported: no more need be said about it. */
    boolean isFaulty(String path) {
        return faulty.contains(path);
    }

    /** Remembers where an entry of a map stands. */
    void entry(String path, Entry entry) {
        keys.put(path, entry.key().place().span());
        values.put(path, entry.value().place().span());
    }

    /** Remembers where an entry of a list stands. */
    void item(String path, YamlNode item) {
        keys.put(path, item.place().span());
        values.put(path, item.place().span());
    }

    /** A diagnostic about a node's value; a second place shows where an alias brought it. */
    Diagnostic problem(Severity severity, Code code, YamlNode node, String path, String message) {
        Diagnostic problem = Diagnostic.at(severity, code, node.place().span(), path, message);
        return node.place()
                .usedAt()
                .map(use -> problem.withRelated(use, "used here"))
                .orElse(problem);
    }

    /** How many errors were reported so far. */
    int errorCount() {
        return errorCount;
    }

    void report(Diagnostic diagnostic) {
        diagnostics.add(diagnostic);
        if (diagnostic.isError()) {
            errorCount++;
            markFaulty(diagnostic.path());
        }
    }

    private void markFaulty(String path) {
        for (String part = path; !part.isEmpty(); part = parent(part)) {
            faulty.add(part);
        }
    }

    void error(Code code, YamlNode node, String path, String message) {
        error(node, problem(Severity.ERROR, code, node, path, message));
    }

    void error(Code code, YamlNode node, String path, String message, String help) {
        error(node, problem(Severity.ERROR, code, node, path, message).withHelp(help));
    }

    private void error(YamlNode node, Diagnostic diagnostic) {
        if (node instanceof Scalar scalar && scalar.isUnknown()) {
            markFaulty(diagnostic.path());
        } else {
            report(diagnostic);
        }
    }

    void wrongType(YamlNode node, String path, String wanted, String help) {
        error(Code.WRONG_TYPE, node, path, "'" + path + "' must be " + wanted + ", not " + node.describe(), help);
    }

    /** Reports a key or entry without a value; true if it was one. */
    boolean isMissing(YamlNode node, String path) {
        if (!(node instanceof Scalar scalar) || !scalar.isNull()) {
            return false;
        }
        if (scalar.text().isEmpty()) {
            error(Code.MISSING_VALUE, node, path, "'" + path + "' has no value", "give it one, or remove it");
        } else {
            error(
                    Code.MISSING_VALUE,
                    node,
                    path,
                    "'" + path + "' has no value: " + Printable.quote(scalar.text()) + " without quotes is YAML's null",
                    "put it in quotes if the text is meant: \"" + scalar.text() + "\"");
        }
        return true;
    }

    /** Text, and nothing that YAML takes for something else. */
    Optional<String> text(YamlNode node, String path) {
        return text(node, path, text -> true, "");
    }

    /** Likewise; what quotes would not make right is answered by another help. */
    Optional<String> text(YamlNode node, String path, Predicate<String> right, String help) {
        if (isMissing(node, path)) {
            return Optional.empty();
        }
        if (!(node instanceof Scalar scalar)) {
            error(Code.WRONG_TYPE, node, path, "'" + path + "' must be text, not " + node.describe());
            return Optional.empty();
        }
        if (scalar.type() != ScalarType.TEXT) {
            boolean quoted = right.test(scalar.text());
            wrongType(node, path, "text", quoted ? "put it in quotes: \"" + scalar.text() + "\"" : help);
            return Optional.empty();
        }
        return noInterpolation(scalar, path) ? sound(scalar, path) : Optional.empty();
    }

    /** A scalar as it is written, whatever YAML takes it for: {@code 10} and {@code true} are words too. */
    Optional<String> word(YamlNode node, String path) {
        if (isMissing(node, path)) {
            return Optional.empty();
        }
        if (!(node instanceof Scalar scalar)) {
            error(Code.WRONG_TYPE, node, path, "'" + path + "' must be one word, not " + node.describe());
            return Optional.empty();
        }
        return sound(scalar, path);
    }

    /** Text that the kernel can be given: no NUL, and no half of a surrogate pair, which UTF-8 cannot hold. */
    private Optional<String> sound(Scalar scalar, String path) {
        String text = scalar.text();
        if (text.indexOf('\0') >= 0) {
            error(
                    Code.INVALID_VALUE,
                    scalar,
                    path,
                    "'" + path + "' holds a NUL character, which ends every text of the kernel");
            return Optional.empty();
        }
        return whole(scalar, path);
    }

    private Optional<String> whole(Scalar scalar, String path) {
        String text = scalar.text();
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            error(Code.INVALID_VALUE, scalar, path, "'" + path + "' holds half a character, which UTF-8 cannot spell");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** Refuses what the language keeps for later, so that no spec changes its meaning then. */
    boolean noInterpolation(Scalar scalar, String path) {
        if (!scalar.text().contains("${")) {
            return true;
        }
        error(
                Code.NOT_SUPPORTED,
                scalar,
                path,
                "'${...}' is not supported yet: nothing replaces it",
                "write the value itself, or pass it with --set " + path + "=VALUE");
        return false;
    }

    Optional<Boolean> bool(YamlNode node, String path) {
        if (isMissing(node, path)) {
            return Optional.empty();
        }
        if (node instanceof Scalar scalar && scalar.type() == ScalarType.BOOL) {
            return Optional.of(scalar.text().equalsIgnoreCase("true"));
        }
        String help = "write true or false";
        if (node instanceof Scalar scalar && scalar.type() == ScalarType.TEXT) {
            String word = scalar.text().toLowerCase(java.util.Locale.ROOT);
            if (word.equals("true") || word.equals("false")) {
                help = "remove the quotes";
            } else if (List.of("yes", "on", "y").contains(word)) {
                help = "YAML 1.2 knows only true and false: write true";
            } else if (List.of("no", "off", "n").contains(word)) {
                help = "YAML 1.2 knows only true and false: write false";
            }
        }
        wrongType(node, path, "true or false", help);
        return Optional.empty();
    }

    /** A whole number; one beyond 64 bits becomes the nearest, which no range admits. */
    Optional<Long> integer(YamlNode node, String path) {
        if (isMissing(node, path)) {
            return Optional.empty();
        }
        if (!(node instanceof Scalar scalar) || scalar.type() != ScalarType.INT) {
            boolean quoted = node instanceof Scalar s && s.text().matches("[-+]?[0-9]{1,20}");
            wrongType(node, path, "a whole number", quoted ? "remove the quotes" : "write it in digits");
            return Optional.empty();
        }
        String text = scalar.text();
        if (text.length() <= SHORT_NUMBER && !text.startsWith("0x") && !text.startsWith("0o")) {
            return Optional.of(Long.parseLong(text));
        }
        return Optional.of(
                whole(text).min(LARGEST).max(BigInteger.valueOf(Long.MIN_VALUE)).longValue());
    }

    /** Whether a number is larger than the largest that {@link #integer} gives, which it gives then. */
    static boolean isBeyondLargest(YamlNode node) {
        return node instanceof Scalar scalar
                && scalar.type() == ScalarType.INT
                && whole(scalar.text()).compareTo(LARGEST) > 0;
    }

    private static BigInteger whole(String text) {
        return text.startsWith("0x")
                ? new BigInteger(cut(text.substring(2)), 16)
                : text.startsWith("0o") ? new BigInteger(cut(text.substring(2)), 8) : new BigInteger(cut(text));
    }

    /** A number as the file spells it, for messages: what {@link #integer} makes of it may be another. */
    static String written(YamlNode node) {
        return node instanceof Scalar scalar ? Printable.cut(scalar.text()) : "";
    }

    /** BigInteger takes quadratic time: more digits than fill 64 bits in any base need not be read. */
    private static String cut(String digits) {
        String significant = digits.replaceFirst("^([-+]?)0+(?=.)", "$1");
        return significant.length() > 30 ? significant.substring(0, 30) : significant;
    }

    /** One of the words that a key knows. */
    <T> Optional<T> choice(YamlNode node, String path, Map<String, T> words) {
        // A number or a boolean in quotes would be none of the words either.
        boolean otherScalar = node instanceof Scalar scalar && scalar.type() != ScalarType.TEXT && !scalar.isNull();
        Optional<String> text = otherScalar ? word(node, path) : text(node, path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!words.containsKey(text.get())) {
            error(
                    Code.UNKNOWN_VALUE,
                    node,
                    path,
                    "'" + path + "' does not know " + Printable.quote(text.get()),
                    oneOf(text.get(), words.keySet()));
            return Optional.empty();
        }
        return Optional.of(words.get(text.get()));
    }

    static String oneOf(String word, Collection<String> words) {
        return Suggestion.nearest(word, words)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("it is one of " + words.stream().sorted().collect(Collectors.joining(", ")));
    }

    /** Reports a list or a map that has more entries than it may; true if it has not. */
    boolean fits(int entries, int most, YamlNode node, String path) {
        if (entries > most) {
            error(Code.OUT_OF_RANGE, node, path, "'" + path + "' has " + entries + " entries", "the most is " + most);
        }
        return entries <= most;
    }

    Optional<Sequence> sequence(YamlNode node, String path, String help) {
        if (isMissing(node, path)) {
            return Optional.empty();
        }
        if (!(node instanceof Sequence sequence)) {
            wrongType(node, path, "a list", help);
            return Optional.empty();
        }
        return Optional.of(sequence);
    }

    /** The value of a key that a map must have; its place is remembered. */
    Optional<YamlNode> required(Mapping mapping, String path, String key, String help) {
        Optional<YamlNode> value = optional(mapping, path, key);
        if (value.isEmpty()) {
            error(Code.MISSING_KEY, mapping, path, "'" + path + "' needs " + Printable.quote(key), help);
        }
        return value;
    }

    /** The value of a key that a map may have; its place is remembered. */
    Optional<YamlNode> optional(Mapping mapping, String path, String key) {
        Optional<Entry> found = mapping.find(key);
        found.ifPresent(e -> entry(path + "." + key, e));
        return found.map(Entry::value);
    }

    /** Text for a file: also what no text of the kernel can hold, and what looks like a variable. */
    Optional<String> content(YamlNode node, String path) {
        if (node instanceof Scalar scalar && scalar.type() != ScalarType.TEXT && !scalar.isNull()) {
            wrongType(node, path, "text", "put it in quotes: \"" + scalar.text() + "\"");
            return Optional.empty();
        }
        if (!(node instanceof Scalar scalar)) {
            return word(node, path);
        }
        return isMissing(node, path) ? Optional.empty() : whole(scalar, path);
    }

    /** Whether a key of the language's maps is a note, which nobody reads but people, or who writes aliases to it. */
    static boolean isNote(String key) {
        return key.startsWith("x-");
    }

    /** Reports the keys of a map that are not among those it may have. */
    void onlyKeys(Mapping mapping, String path, List<String> known) {
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (!known.contains(key) && !isNote(key)) {
                error(
                        Code.UNKNOWN_KEY,
                        entry.key(),
                        path + "." + Printable.of(key),
                        "unknown key " + Printable.quote(key) + " in '" + path + "'",
                        oneOf(key, known));
            }
        }
    }

    private static String parent(String path) {
        int end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
        return end < 0 ? "" : path.substring(0, end);
    }
}
