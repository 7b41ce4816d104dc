package io.nsbox.diag;

import java.util.List;

/**
 * Diagnostics as workflow commands, which GitHub Actions shows as annotations of the changed lines.
 *
 * <p>Data and properties escape {@code %}, CR and LF; properties also {@code :} and {@code ,}
 * (GitHub's "Workflow commands for GitHub Actions" and the toolkit's {@code command.ts}).
 */
public final class GithubRenderer {
    /** All diagnostics, one line each. */
    public String render(List<Diagnostic> diagnostics) {
        StringBuilder out = new StringBuilder();
        diagnostics.forEach(d -> append(out, d));
        return out.toString();
    }

    private static void append(StringBuilder out, Diagnostic d) {
        String command = switch (d.severity()) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case NOTE -> "notice";
        };
        out.append("::").append(command).append(" file=").append(property(d.file()));
        d.span()
                .ifPresent(span -> out.append(",line=")
                        .append(span.line())
                        .append(",endLine=")
                        .append(span.line())
                        .append(",col=")
                        .append(span.column())
                        .append(",endColumn=")
                        .append(span.column() + span.length()));
        out.append(",title=").append(property("nsbox " + d.code().id())).append("::");
        out.append(data(Printable.of(d.message())));
        for (Related related : d.related()) {
            out.append(data("\n" + Printable.of(related.span().location() + ": " + related.label())));
        }
        d.help().ifPresent(help -> out.append(data("\nhelp: " + Printable.ofLines(help))));
        out.append('\n');
    }

    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
