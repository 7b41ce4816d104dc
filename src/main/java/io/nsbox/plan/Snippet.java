package io.nsbox.plan;

import io.nsbox.diag.Span;

/**
 * A line of the spec as a refused step's message shows it.
 *
 * @param margin the spaces before each bar
 * @param afterPath everything that follows the path, without the last line break
 */
record Snippet(String margin, String afterPath) {
    /** Longer lines are cut: the message is part of every launcher's image. */
    private static final int LONGEST_LINE = 200;

    static Snippet of(Span span) {
        String number = Integer.toString(span.line());
        String margin = " ".repeat(number.length() + 2);
        String line = printable(span.text());
        int column = span.column();
        int length = span.length();
        if (line.codePointCount(0, line.length()) > LONGEST_LINE) {
            line = line.substring(0, line.offsetByCodePoints(0, LONGEST_LINE));
            column = Math.min(column, LONGEST_LINE);
            length = Math.min(length, LONGEST_LINE - column + 1);
        }
        String after = ":" + span.line() + ":" + span.column() + "\n" + margin + "|\n " + number + " | " + line + "\n"
                + margin + "| " + " ".repeat(column - 1) + "^".repeat(length);
        return new Snippet(margin, after);
    }

    /** Control characters could move a terminal's cursor, so each is shown as one harmless character. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .map(c -> c == '\t' ? ' ' : Character.isISOControl(c) ? 0xfffd : c)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
