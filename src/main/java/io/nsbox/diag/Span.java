package io.nsbox.diag;

/**
 * A stretch of one line of a source file.
 *
 * @param file the file's name as the user gave it
 * @param line line number, from 1
 * @param column column of the first character in Unicode code points, from 1
 * @param length how many code points it covers, at least 1
 * @param text the whole source line, without its line break
 */
public record Span(String file, int line, int column, int length, String text) {
    public Span {
        if (line < 1 || column < 1 || length < 1) {
            throw new IllegalArgumentException("not a place in a file: " + line + ":" + column + "+" + length);
        }
    }

    /** {@code file:line:column}, as messages and editors spell it. */
    public String location() {
        return file + ":" + line + ":" + column;
    }
}
