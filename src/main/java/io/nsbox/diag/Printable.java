package io.nsbox.diag;

import java.util.Locale;

/**
 * Text as it may be shown on a terminal: nothing in it moves the cursor, changes colours or reverses the reading order.
 *
 * <p>Widths follow Unicode's East Asian Width (UAX #11): wide and fullwidth characters take two columns.
 */
public final class Printable {
    private static final int TAB_WIDTH = 4;
    private static final int LONGEST_QUOTE = 80;

    private Printable() {}

    /** The text with everything that a terminal would act on replaced by something visible. */
    public static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(out, c));
        return out.toString();
    }

    /** Likewise, but the text keeps its line breaks. */
    static String ofLines(String text) {
        return String.join("\n", text.lines().map(Printable::of).toList());
    }

    /** The text in single quotes, printable, and cut where it is long; for use inside a message. */
    public static String quote(String text) {
        return "'" + cut(text) + "'";
    }

    /** The text, printable and cut where it is long; for a number inside a message. */
    public static String cut(String text) {
        int points = text.codePointCount(0, text.length());
        boolean cut = points > LONGEST_QUOTE;
        String shown = cut ? text.substring(0, text.offsetByCodePoints(0, LONGEST_QUOTE - 3)) : text;
        StringBuilder out = new StringBuilder();
        shown.codePoints().forEach(c -> {
            if (c == '\n') {
                out.append("\\n");
            } else if (c == '\t') {
                out.append("\\t");
            } else {
                append(out, c);
            }
        });
        return out.append(cut ? "..." : "").toString();
    }

    /** Appends the printable form of one code point. */
    static void append(StringBuilder out, int c) {
        if (c == '\t') {
            out.append(" ".repeat(TAB_WIDTH));
        } else if (c < 0x20) {
            // The control pictures stand in the order of the controls.
            out.appendCodePoint(0x2400 + c);
        } else if (c == 0x7f) {
            out.appendCodePoint(0x2421);
        } else if (isHidden(c)) {
            out.append(String.format(Locale.ROOT, "<U+%04X>", c));
        } else {
            out.appendCodePoint(c);
        }
    }

    /** How many columns a terminal gives this code point, once printable. */
    static int width(int c) {
        if (c == '\t') {
            return TAB_WIDTH;
        }
        if (c < 0x20 || (c >= 0x20 && c < 0x7f)) {
            return 1;
        }
        if (c == 0x7f) {
            return 1;
        }
        if (isHidden(c)) {
            return c > 0xffff ? 4 + Integer.toHexString(c).length() : 8;
        }
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        if (isJoined(c)) {
            return 0;
        }
        return WideCharacters.contains(c) ? 2 : 1;
    }

    /** Vowels and finals of a Korean syllable, which are drawn into the square of its first letter. */
    private static boolean isJoined(int c) {
        return (c >= 0x1160 && c <= 0x11ff) || (c >= 0xd7b0 && c <= 0xd7ff);
    }

    /** Controls, invisible format characters, line separators, and halves of surrogate pairs. */
    public static boolean isHidden(int c) {
        if (c < 0x7f) {
            return false;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
