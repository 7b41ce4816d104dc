package io.nsbox.diag;

/** The source line of a span with a caret line under it, aligned whatever the line holds. */
public final class Snippet {
    /** Lines wider than this are shown around the caret only. */
    private static final int WIDEST = 120;

    private static final String MORE = "...";

    private Snippet() {}

    /** How many digits the line number of a span needs: the width of the margin. */
    public static int digits(Span span) {
        return Integer.toString(span.line()).length();
    }

    /**
     * Appends the three lines: a bar, the source line with its number, the caret line.
     *
     * @param margin width of the line numbers, at least {@link #digits(Span)}
     * @param mark what underlines the span, usually {@code '^'}
     */
    public static void append(StringBuilder out, Span span, int margin, char mark, Style style) {
        String number = Integer.toString(span.line());
        String bar = style.margin(" ".repeat(margin + 2) + "|");
        Window window = Window.around(span);
        out.append(bar).append('\n');
        out.append(style.margin(" " + " ".repeat(margin - number.length()) + number + " |"));
        if (!window.line.isEmpty()) {
            out.append(' ').append(window.line);
        }
        out.append('\n');
        out.append(bar)
                .append(' ')
                .append(" ".repeat(window.before))
                .append(style.mark(String.valueOf(mark).repeat(window.marked)))
                .append('\n');
    }

    /**
     * The part of a line that is shown.
     *
     * @param line printable text
     * @param before columns before the caret
     * @param marked columns under which carets stand
     */
    private record Window(String line, int before, int marked) {
        static Window around(Span span) {
            String text = span.text();
            int caret = offset(text, span.column() - 1);
            // A line may have a megabyte, and a thousand messages: only what can be seen is looked at.
            int low = wholeCharacter(text, Math.max(0, caret - 2 * WIDEST));
            int high = wholeCharacter(text, Math.min(text.length(), caret + 2 * WIDEST));
            int[] points = text.substring(low, high).codePoints().toArray();
            int first = text.codePointCount(low, caret);
            int last = Math.min(first + span.length(), points.length);
            int from = 0;
            int to = points.length;
            boolean part = low > 0 || high < text.length();
            if (part || width(points, 0, points.length) > WIDEST) {
                from = first;
                for (int left = WIDEST / 3; from > 0 && left > 0; left -= Printable.width(points[from])) {
                    from--;
                }
                to = from;
                for (int left = WIDEST; to < points.length && left > 0; left -= Printable.width(points[to - 1])) {
                    to++;
                }
            }
            int end = Math.min(last, to);
            boolean cutBefore = from > 0 || low > 0;
            boolean cutAfter = to < points.length || high < text.length();
            StringBuilder line = new StringBuilder(cutBefore ? MORE : "");
            for (int i = from; i < to; i++) {
                Printable.append(line, points[i]);
            }
            line.append(cutAfter ? MORE : "");
            int before = (cutBefore ? MORE.length() : 0) + width(points, from, first);
            return new Window(line.toString().stripTrailing(), before, Math.max(1, width(points, first, end)));
        }

        /** The offset after so many code points, or the text's end. */
        private static int offset(String text, int points) {
            int offset = 0;
            for (int i = 0; i < points && offset < text.length(); i++) {
                offset += Character.charCount(text.codePointAt(offset));
            }
            return offset;
        }

        private static int wholeCharacter(String text, int offset) {
            boolean inside = offset > 0
                    && offset < text.length()
                    && Character.isSurrogatePair(text.charAt(offset - 1), text.charAt(offset));
            return inside ? offset - 1 : offset;
        }

        private static int width(int[] points, int from, int to) {
            int width = 0;
            for (int i = from; i < to; i++) {
                width += Printable.width(points[i]);
            }
            return width;
        }
    }
}
