package io.nsbox.diag;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One problem: where, what, why, and how to mend it.
 *
 * @param severity how much it weighs
 * @param code which kind of problem it is
 * @param file the file's name as the user gave it
 * @param span the place in the file; absent where the problem is the file itself
 * @param path the path of the YAML value, such as {@code namespaces[1]}; empty for the whole file
 * @param message one line, lower-case start, no full stop
 * @param related other places that have a part in it
 * @param help how to mend it, where that is known
 */
public record Diagnostic(
        Severity severity,
        Code code,
        String file,
        Optional<Span> span,
        String path,
        String message,
        List<Related> related,
        Optional<String> help) {

    /** The order of a file: by line, then by column; a problem of the file itself comes first. */
    public static final Comparator<Diagnostic> FILE_ORDER = Comparator.comparingInt(
                    (Diagnostic d) -> d.span.map(Span::line).orElse(0))
            .thenComparingInt(d -> d.span.map(Span::column).orElse(0));

    public Diagnostic {
        related = List.copyOf(related);
    }

    /** A problem at a place. */
    public static Diagnostic at(Severity severity, Code code, Span span, String path, String message) {
        return new Diagnostic(
                severity, code, span.file(), Optional.of(span), path, message, List.of(), Optional.empty());
    }

    /** A problem of a whole file. */
    public static Diagnostic of(Severity severity, Code code, String file, String message) {
        return new Diagnostic(severity, code, file, Optional.empty(), "", message, List.of(), Optional.empty());
    }

    /** The same, with a way to mend it. */
    public Diagnostic withHelp(String text) {
        return new Diagnostic(severity, code, file, span, path, message, related, Optional.of(text));
    }

    /** The same, with one more place that has a part in it. */
    public Diagnostic withRelated(Span place, String label) {
        List<Related> all = new java.util.ArrayList<>(related);
        all.add(new Related(place, label));
        return new Diagnostic(severity, code, file, span, path, message, all, help);
    }

    /** Whether this keeps a sandbox from running. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** {@code file:line:column}, or the file alone. */
    public String location() {
        return span.map(Span::location).orElse(file);
    }
}
