package io.nsbox.diag;

import java.util.ArrayList;
import java.util.List;

/** Diagnostics for people: place, message, the source line with a caret, related places, and the fix. */
public final class TextRenderer {
    private final Style style;

    /** A renderer with or without colour. */
    public TextRenderer(Style style) {
        this.style = style;
    }

    /** One diagnostic, ending in a line break. */
    public String render(Diagnostic diagnostic) {
        StringBuilder out = new StringBuilder();
        append(out, diagnostic);
        return out.toString();
    }

    /** All diagnostics, then one line that counts them; empty where there are none. */
    public String render(List<Diagnostic> diagnostics) {
        StringBuilder out = new StringBuilder();
        diagnostics.forEach(d -> append(out, d));
        if (!diagnostics.isEmpty()) {
            out.append(summary(diagnostics)).append('\n');
        }
        return out.toString();
    }

    /** The last line, such as {@code 2 errors, 1 warning in box.yaml}. */
    public static String summary(List<Diagnostic> diagnostics) {
        List<String> counts = new ArrayList<>();
        for (Severity severity : List.of(Severity.ERROR, Severity.WARNING)) {
            long n = diagnostics.stream().filter(d -> d.severity() == severity).count();
            if (n > 0) {
                counts.add(n + " " + severity.word() + (n == 1 ? "" : "s"));
            }
        }
        List<String> files =
                diagnostics.stream().map(Diagnostic::file).distinct().toList();
        String where = files.size() == 1 ? Printable.of(files.get(0)) : files.size() + " files";
        return (counts.isEmpty() ? "no problems" : String.join(", ", counts)) + " in " + where;
    }

    private void append(StringBuilder out, Diagnostic d) {
        out.append(style.message(Printable.of(d.location()) + ":"))
                .append(' ')
                .append(style.severity(d.severity()))
                .append(style.message(": " + Printable.of(d.message())))
                .append('\n');
        int margin = d.span().map(Snippet::digits).orElse(1);
        for (Related related : d.related()) {
            margin = Math.max(margin, Snippet.digits(related.span()));
        }
        if (d.span().isPresent()) {
            Snippet.append(out, d.span().get(), margin, '^', style);
        }
        for (Related related : d.related()) {
            out.append(" ".repeat(margin + 1))
                    .append(style.margin("-->"))
                    .append(' ')
                    .append(Printable.of(related.span().location()))
                    .append(": ")
                    .append(Printable.of(related.label()))
                    .append('\n');
            Snippet.append(out, related.span(), margin, '-', style);
        }
        String indent = " ".repeat(margin + 2);
        d.help().ifPresent(help -> {
            String text = String.join("\n" + indent + "        ", help.split("\n", -1));
            out.append(indent)
                    .append(style.margin("="))
                    .append(" help: ")
                    .append(Printable.ofLines(text))
                    .append('\n');
        });
    }
}
