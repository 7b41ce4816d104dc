package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/** Says in plain words what the YAML engine stumbled over. */
final class YamlSyntax {
    private static final String BACKSLASH = "write '\\\\' for a backslash, or use single quotes";

    /** What the engine takes for the digits of a character before it looks at them: none at all, or too many bits. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:[xuU]\\z|U[89a-fA-F][0-9a-fA-F]{7})");

    private YamlSyntax() {}

    /** The problem of an escape of which the engine only says that its digits are no number. */
    static Diagnostic explainEscape(SourceText source, int from, int to) {
        Matcher escape = ESCAPE.matcher(source.text().substring(from, to));
        boolean found = escape.find();
        int start = found ? from + escape.start() : from;
        int end = found ? from + escape.end() : to;
        return syntax(source.span(start, end), "an escape in double quotes names no character")
                .withHelp(BACKSLASH);
    }

    /**
     * The problem as a diagnostic.
     *
     * @param from how many code points of the source come before what the engine was given
     */
    static Diagnostic explain(YamlEngineException e, SourceText source, int from) {
        if (e instanceof MarkedYamlEngineException marked) {
            Span span = marked.getProblemMark().map(m -> span(m, source, from)).orElseGet(() -> source.span(0, 1));
            return explain(marked, span, marked.getContextMark().map(m -> span(m, source, from)));
        }
        String message = e instanceof YamlVersionException
                ? "the %YAML line asks for a version other than 1.2"
                : "this is not YAML: " + firstLine(e.getMessage());
        return Diagnostic.at(
                Severity.ERROR, Code.YAML_SYNTAX, source.span(0, source.text().length()), "", message);
    }

    private static Diagnostic explain(MarkedYamlEngineException e, Span span, Optional<Span> context) {
        String problem = firstLine(e.getProblem());
        String doing = e.getContext() == null ? "" : e.getContext();
        if (problem.contains("\\t(TAB)") || startsWithTab(span)) {
            return syntax(span, "a tab cannot indent YAML").withHelp("use spaces");
        }
        if (problem.contains("mapping values are not allowed here")) {
            return syntax(span, "a ':' cannot stand here")
                    .withHelp(
                            "put text that holds ': ' in quotes; or a line above is not finished or not indented right");
        }
        if (problem.contains("cannot start any token")) {
            return syntax(span, "an unquoted value cannot start with " + characterAt(span))
                    .withHelp("put the value in quotes");
        }
        if (problem.contains("found unexpected end of stream") && doing.contains("quoted scalar")) {
            return syntax(context.orElse(span), "this quote is never closed");
        }
        if (doing.contains("flow sequence") || doing.contains("flow mapping")) {
            String bracket = doing.contains("sequence") ? "]" : "}";
            Diagnostic open = syntax(span, "expected ',' or '" + bracket + "' here");
            return context.map(c -> open.withRelated(c, "to go on with, or close, what starts here"))
                    .orElse(open);
        }
        if (problem.startsWith("expected <block end>")) {
            Diagnostic indent = syntax(span, "this line does not fit what stands above it")
                    .withHelp("entries of one list or map start in the same column");
            return context.map(c -> indent.withRelated(c, "in the list or map that starts here"))
                    .orElse(indent);
        }
        if (problem.startsWith("found unknown escape character")) {
            return syntax(span, "no such escape in double quotes: '\\" + raw(span) + "'")
                    .withHelp(BACKSLASH);
        }
        if (problem.startsWith("expected the node content")) {
            boolean atEnd = problem.contains("<stream end>");
            return syntax(span, atEnd ? "the file ends where a value should stand" : "a value should stand here");
        }
        if (doing.contains("an anchor") || doing.contains("an alias")) {
            return syntax(span, "an anchor or alias needs a name after its '&' or '*'")
                    .withHelp("put a value that starts with one of these in quotes");
        }
        String where = doing.isEmpty() ? "" : doing + ": ";
        return syntax(span, "this is not YAML: " + Printable.of(where + problem));
    }

    private static Diagnostic syntax(Span span, String message) {
        return Diagnostic.at(Severity.ERROR, Code.YAML_SYNTAX, span, "", message);
    }

    private static Span span(Mark mark, SourceText source, int from) {
        int start = source.offsetOfPoint(mark.getIndex() + from);
        return source.span(start, start + 1);
    }

    private static boolean startsWithTab(Span span) {
        int first = 0;
        String line = span.text();
        while (first < line.length() && line.charAt(first) == ' ') {
            first++;
        }
        return first < line.length() && line.charAt(first) == '\t';
    }

    private static String characterAt(Span span) {
        return Printable.quote(raw(span));
    }

    private static String raw(Span span) {
        int[] points = span.text().codePoints().toArray();
        return span.column() <= points.length ? Character.toString(points[span.column() - 1]) : "";
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}
