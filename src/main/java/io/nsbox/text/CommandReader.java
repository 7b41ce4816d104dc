package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code command}: a list of words, or one string that is split into words. */
final class CommandReader {
    private static final Pattern BRACED_VARIABLE = Pattern.compile("[$][{][A-Za-z_][A-Za-z0-9_]*[}]");

    /** An option after which interpreters take a script: {@code sh -c}, {@code bash -lc}, {@code perl -e}. */
    private static final Pattern SCRIPT_OPTION = Pattern.compile("-[A-Za-z]*[ce]");

    private final Binding binding;

    CommandReader(Binding binding) {
        this.binding = binding;
    }

    /** The words; empty where a problem was reported. */
    List<String> read(YamlNode node, String path) {
        if (binding.isMissing(node, path)) {
            return List.of();
        }
        if (node instanceof Scalar scalar) {
            return binding.word(scalar, path)
                    .map(line -> line(scalar, path, line))
                    .orElse(List.of());
        }
        if (!(node instanceof Sequence list)) {
            binding.wrongType(node, path, "a list of words or one string", "write [sleep, 10] or sleep 10");
            return List.of();
        }
        if (list.items().isEmpty()) {
            empty(node, path);
        }
        List<String> words = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            YamlNode item = list.items().get(i);
            String at = path + "[" + i + "]";
            binding.item(at, item);
            Optional<String> word = binding.word(item, at);
            word.ifPresent(w -> unreplaced(item, at, w, words));
            word.ifPresent(words::add);
        }
        if (!binding.isFaulty(path) && words.get(0).isEmpty()) {
            binding.error(
                    Code.INVALID_VALUE,
                    list.items().get(0),
                    path + "[0]",
                    "the first word of a command names a program, and this is empty");
        }
        return binding.isFaulty(path) ? List.of() : words;
    }

    private List<String> line(Scalar node, String path, String line) {
        ShellWords split = ShellWords.split(line);
        if (split.fault().isPresent()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    "'" + path + "' cannot be split into words: "
                            + split.fault().get(),
                    "write the words as a list");
            return List.of();
        }
        if (split.words().isEmpty() || split.words().get(0).isEmpty()) {
            empty(node, path);
            return List.of();
        }
        split.special()
                .ifPresent(special -> binding.report(binding.problem(
                                Severity.WARNING,
                                Code.SHELL_SYNTAX,
                                node,
                                path,
                                "no shell reads this command: " + special + " has no special meaning")
                        .withHelp(
                                "for a shell write [sh, -c, " + yamlQuote(line.strip()) + "]; else put it in quotes")));
        return split.words();
    }

    private void empty(YamlNode node, String path) {
        binding.error(
                Code.MISSING_VALUE,
                node,
                path,
                "'" + path + "' has no words",
                "name a program, or remove the key and give words after --");
    }

    /** A word that a shell is to read may well hold a variable; any other probably expects one to be replaced. */
    private void unreplaced(YamlNode item, String path, String word, List<String> before) {
        if (BRACED_VARIABLE.matcher(word).find()
                && before.stream().noneMatch(w -> SCRIPT_OPTION.matcher(w).matches())) {
            binding.report(binding.problem(
                            Severity.WARNING,
                            Code.SHELL_SYNTAX,
                            item,
                            path,
                            "no shell reads this word: the command gets " + Printable.quote(word) + " as it is")
                    .withHelp("for a shell write [sh, -c, SCRIPT]"));
        }
    }

    private static String yamlQuote(String text) {
        boolean plainQuotes = text.indexOf('\n') < 0 && text.indexOf('\'') >= 0;
        if (plainQuotes && text.indexOf('"') < 0 && text.indexOf('\\') < 0) {
            return '"' + text + '"';
        }
        return text.indexOf('\n') >= 0 ? "SCRIPT" : "'" + text.replace("'", "''") + "'";
    }
}
