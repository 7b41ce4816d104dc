package io.nsbox.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a reader types and sees, as the {@code console} blocks of the documentation write it down.
 *
 * <p>A line that starts with a prompt is typed; the lines below it are what the terminal then shows. Runs of blanks count as
 * one, and blanks at the ends of a line do not count. Two marks stand for what varies: {@code <name>} for some text
 * without blanks, the same text wherever the same name stands in a section, and another text for another name; and {@code ...}
 * for anything at all, where it stands alone on a line for any number of lines.
 */
final class Transcript {
    static final String OUTSIDE = "$ ";
    static final String INSIDE = "sandbox# ";

    private static final Pattern MARK = Pattern.compile("<([a-z]+)>|[.]{3}");

    /**
     * A command and what it prints.
     *
     * @param line where the page has it
     * @param prompt one of the two prompts
     * @param command what is typed
     * @param output the lines that follow, with their marks
     */
    record Typed(int line, String prompt, String command, List<String> output) {}

    private final Map<String, String> names = new LinkedHashMap<>();

    /** The commands of a block; a line before the first prompt is an error. */
    static List<Typed> typed(MarkdownPage.Block block) {
        List<Typed> all = new ArrayList<>();
        for (int i = 0; i < block.lines().size(); i++) {
            String line = block.lines().get(i);
            int number = block.line() + i;
            if (line.startsWith(OUTSIDE) || line.startsWith(INSIDE)) {
                String prompt = line.startsWith(OUTSIDE) ? OUTSIDE : INSIDE;
                all.add(new Typed(number, prompt, line.substring(prompt.length()), new ArrayList<>()));
            } else if (all.isEmpty()) {
                throw new AssertionError("line " + number + ": a console block starts with a prompt: " + line);
            } else {
                all.get(all.size() - 1).output().add(line);
            }
        }
        return all;
    }

    /** The command with the values of the names that were seen before. */
    String fillIn(String command) {
        String filled = command;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace("<" + name.getKey() + ">", name.getValue());
        }
        return filled;
    }

    /** The text that a name stands for, if it was seen. */
    Optional<String> valueOf(String name) {
        return Optional.ofNullable(names.get(name));
    }

    /** Compares; says what is wrong, or remembers what the new names stand for. */
    Optional<String> mismatch(List<String> expected, List<String> actual) {
        List<String> fresh = new ArrayList<>();
        Matcher matcher = Pattern.compile(regex(expected, fresh)).matcher(text(actual));
        if (!matcher.matches()) {
            return Optional.of("expected:\n" + fillIn(text(expected)) + "but was:\n" + text(actual));
        }
        for (String name : fresh) {
            String value = matcher.group(name);
            for (Map.Entry<String, String> other : names.entrySet()) {
                if (other.getValue().equals(value)) {
                    return Optional.of("<" + name + "> and <" + other.getKey() + "> are both " + value);
                }
            }
            names.put(name, value);
        }
        return Optional.empty();
    }

    private static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.strip()).append('\n'));
        return text.toString();
    }

    private String regex(List<String> expected, List<String> fresh) {
        StringBuilder regex = new StringBuilder();
        for (String line : expected) {
            if (line.equals("...")) {
                regex.append("(?:[^\n]*\n)*");
            } else {
                line(regex, line.strip(), fresh);
                regex.append('\n');
            }
        }
        return regex.toString();
    }

    private void line(StringBuilder regex, String line, List<String> fresh) {
        Matcher mark = MARK.matcher(line);
        int end = 0;
        while (mark.find()) {
            literal(regex, line.substring(end, mark.start()));
            end = mark.end();
            String name = mark.group(1);
            if (name == null) {
                regex.append("[^\n]*");
            } else if (names.containsKey(name)) {
                regex.append(Pattern.quote(names.get(name)));
            } else if (fresh.contains(name)) {
                regex.append("\\k<").append(name).append('>');
            } else {
                fresh.add(name);
                regex.append("(?<").append(name).append(">\\S+)");
            }
        }
        literal(regex, line.substring(end));
    }

    private static void literal(StringBuilder regex, String text) {
        Matcher blanks = Pattern.compile("[ \t]+").matcher(text);
        int end = 0;
        while (blanks.find()) {
            regex.append(Pattern.quote(text.substring(end, blanks.start()))).append("[ \t]+");
            end = blanks.end();
        }
        regex.append(Pattern.quote(text.substring(end)));
    }
}
