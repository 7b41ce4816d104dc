package io.nsbox.text;

import io.nsbox.diag.Span;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text with a name, which turns offsets into spans.
 *
 * <p>Lines end at LF, CR or both, as in YAML 1.2 (section 5.4). Offsets count UTF-16 units.
 */
final class SourceText {
    private final String name;
    private final String text;
    private final int[] lineStarts;
    private final int @Nullable [] pointOffsets;
    private int lastLine = -1;
    private String lastLineText = "";

    SourceText(String name, String text) {
        this.name = name;
        this.text = text;
        this.lineStarts = lineStarts(text);
        this.pointOffsets = pointOffsets(text);
    }

    String name() {
        return name;
    }

    String text() {
        return text;
    }

    /** The offset of a code point, given how many code points come before it. */
    int offsetOfPoint(int points) {
        if (pointOffsets == null) {
            return Math.min(points, text.length());
        }
        return pointOffsets[Math.min(points, pointOffsets.length - 1)];
    }

    /** How many code points come before an offset: by the table, since counting a long line each time would be quadratic. */
    private int pointOf(int offset) {
        if (pointOffsets == null) {
            return offset;
        }
        int point = Arrays.binarySearch(pointOffsets, offset);
        return point < 0 ? -point - 1 : point;
    }

    /** The first line of what stands between two offsets; at least one column. */
    Span span(int start, int end) {
        int from = Math.min(start, text.length());
        int line = Arrays.binarySearch(lineStarts, from);
        line = line < 0 ? -line - 2 : line;
        int lineStart = lineStarts[line];
        int lineEnd = lineEnd(line);
        from = Math.min(from, lineEnd);
        int to = Math.min(Math.max(end, from), lineEnd);
        while (to > from + 1 && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        int column = pointOf(from) - pointOf(lineStart) + 1;
        int length = Math.max(1, pointOf(to) - pointOf(from));
        return new Span(name, line + 1, column, length, line(line, lineStart, lineEnd));
    }

    /** Spans are asked for line by line, several on each. */
    private String line(int line, int start, int end) {
        if (line != lastLine) {
            lastLine = line;
            lastLineText = text.substring(start, end);
        }
        return lastLineText;
    }

    private int lineEnd(int line) {
        int end = line + 1 < lineStarts.length ? lineStarts[line + 1] : text.length();
        int start = lineStarts[line];
        if (end > start && text.charAt(end - 1) == '\n') {
            end--;
        }
        if (end > start && text.charAt(end - 1) == '\r') {
            end--;
        }
        return end;
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean crlf = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (c == '\n' || (c == '\r' && !crlf)) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * count);
                }
                starts[count++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, count);
    }

    /** Only texts with characters beyond the basic plane need the table. */
    private static int @Nullable [] pointOffsets(String text) {
        int points = text.codePointCount(0, text.length());
        if (points == text.length()) {
            return null;
        }
        int[] offsets = new int[points + 1];
        for (int point = 0, i = 0; point <= points; point++) {
            offsets[point] = i;
            i += i < text.length() ? Character.charCount(text.codePointAt(i)) : 0;
        }
        return offsets;
    }
}
