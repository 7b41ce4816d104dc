package io.nsbox.cli;

import java.util.List;

/** Rows of words under each other. */
final class TextTable {
    private static final String GAP = "   ";

    private TextTable() {}

    /** Each column as wide as its longest word; the last one as it comes. */
    static String print(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns - 1; i++) {
                text.append(row.get(i))
                        .append(" ".repeat(widths[i] - row.get(i).length()))
                        .append(GAP);
            }
            text.append(row.get(columns - 1)).append('\n');
        }
        return text.toString();
    }
}
