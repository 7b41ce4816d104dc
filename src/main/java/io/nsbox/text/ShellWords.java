package io.nsbox.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits a line into words as a POSIX shell does (Shell Command Language, section 2.2 and 2.6.5), without any expansion.
 *
 * @param words the words
 * @param fault what is wrong with the quoting, if anything
 * @param special the first character that a shell would act on and nsbox does not
 */
record ShellWords(List<String> words, Optional<String> fault, Optional<String> special) {

    /** Characters that a shell acts on wherever they stand without quotes. */
    private static final String OPERATORS = "$`|&;<>()*?\n";

    private static final String BLANKS = " \t\r\n";

    /** Characters that a shell acts on at the start of a word. */
    private static final String AT_START = "~#";

    static ShellWords split(String line) {
        return new Splitter(trimmed(line)).split();
    }

    /** Without the blanks and line breaks around it; a last one that a backslash quotes stays. */
    private static String trimmed(String line) {
        int start = 0;
        int end = line.length();
        while (start < end && BLANKS.indexOf(line.charAt(start)) >= 0) {
            start++;
        }
        while (end > start && BLANKS.indexOf(line.charAt(end - 1)) >= 0) {
            end--;
        }
        int backslashes = 0;
        while (end - backslashes > start && line.charAt(end - backslashes - 1) == '\\') {
            backslashes++;
        }
        boolean quotes = backslashes % 2 == 1 && end < line.length();
        return line.substring(start, quotes ? end + 1 : end);
    }

    private static final class Splitter {
        private final String line;
        private final List<String> words = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();
        private boolean inWord;

        /** Whether the word holds a bracket, which a shell acts on once it is closed: '[' alone is a program. */
        private boolean bracket;

        private Optional<String> special = Optional.empty();

        Splitter(String line) {
            this.line = line;
        }

        ShellWords split() {
            int i = 0;
            while (i < line.length()) {
                char c = line.charAt(i);
                if (c == '\\') {
                    if (i + 1 == line.length()) {
                        return fault("it ends in a backslash that quotes nothing");
                    }
                    i = escaped(i);
                } else if (c == '\'') {
                    int end = line.indexOf('\'', i + 1);
                    if (end < 0) {
                        return fault("a single quote is never closed");
                    }
                    word.append(line, i + 1, end);
                    inWord = true;
                    i = end + 1;
                } else if (c == '"') {
                    i = doubleQuoted(i + 1);
                    if (i < 0) {
                        return fault("a double quote is never closed");
                    }
                } else {
                    plain(c);
                    i++;
                }
            }
            endWord();
            return new ShellWords(List.copyOf(words), Optional.empty(), special);
        }

        private void plain(char c) {
            if (OPERATORS.indexOf(c) >= 0 || (!inWord && AT_START.indexOf(c) >= 0)) {
                note(c);
            }
            if (bracket && c == ']') {
                note('[');
            }
            bracket |= c == '[';
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                endWord();
            } else {
                word.append(c);
                inWord = true;
            }
        }

        /** Outside quotes a backslash keeps the next character, and with a line break vanishes. */
        private int escaped(int backslash) {
            char next = line.charAt(backslash + 1);
            if (next != '\n') {
                word.append(next);
                inWord = true;
            }
            return backslash + 2;
        }

        /** Inside double quotes a backslash is special only before {@code $ ` " \} and a line break. */
        private int doubleQuoted(int start) {
            inWord = true;
            int i = start;
            while (i < line.length()) {
                char c = line.charAt(i);
                if (c == '"') {
                    return i + 1;
                }
                if (c == '\\' && i + 1 < line.length() && "$`\"\\\n".indexOf(line.charAt(i + 1)) >= 0) {
                    if (line.charAt(i + 1) != '\n') {
                        word.append(line.charAt(i + 1));
                    }
                    i += 2;
                    continue;
                }
                if (c == '$' || c == '`') {
                    note(c);
                }
                word.append(c);
                i++;
            }
            return -1;
        }

        private void note(char c) {
            if (special.isEmpty()) {
                special = Optional.of(c == '\n' ? "a line break" : "'" + c + "'");
            }
        }

        private void endWord() {
            if (inWord) {
                words.add(word.toString());
                word.setLength(0);
                inWord = false;
                bracket = false;
            }
        }

        private ShellWords fault(String what) {
            return new ShellWords(List.of(), Optional.of(what), special);
        }
    }
}
