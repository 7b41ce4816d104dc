package io.nsbox.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fenced blocks of a page of the documentation. */
record MarkdownPage(Path file, String text, List<Block> blocks) {
    private static final String FENCE = "```";

    /**
     * A fenced block.
     *
     * @param line the line of its first line of content, from 1
     * @param section the heading above it
     * @param info what follows the opening fence, such as {@code console}
     * @param lines its content
     */
    record Block(int line, String section, String info, List<String> lines) {
        String text() {
            return String.join("\n", lines) + "\n";
        }
    }

    /** Reads a page; a fence that is never closed is an error. */
    static MarkdownPage read(String name) {
        try {
            Path file = Path.of(name);
            String text = Files.readString(file);
            return new MarkdownPage(file, text, blocks(name, text.lines().toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Block> blocks(String name, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        String section = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("#")) {
                section = line.replaceFirst("^#+ *", "");
            } else if (line.startsWith(FENCE)) {
                int start = i + 1;
                int end = start;
                while (end < lines.size() && !lines.get(end).equals(FENCE)) {
                    end++;
                }
                if (end == lines.size()) {
                    throw new AssertionError(name + ":" + start + ": this fence is never closed");
                }
                blocks.add(new Block(
                        start + 1, section, line.substring(FENCE.length()), List.copyOf(lines.subList(start, end))));
                i = end;
            }
        }
        return blocks;
    }

    /** The blocks whose fence says exactly this. */
    List<Block> blocks(String info) {
        return blocks.stream().filter(block -> block.info().equals(info)).toList();
    }

    /** The words of the headings of this level, as they stand. */
    List<String> headings(int level) {
        String marks = "#".repeat(level) + " ";
        return text.lines()
                .filter(line -> line.startsWith(marks))
                .map(line -> line.substring(marks.length()))
                .toList();
    }
}
