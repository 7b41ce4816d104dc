package io.nsbox.plan;

import io.nsbox.diag.Span;
import java.util.Optional;

/** The parts of a report that are known when it is compiled. */
final class ReportText {
    private ReportText() {}

    /** A JSON string (RFC 8259, section 7). */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** What is said of a step before its call. */
    static String step(NumberedStep numbered, int count) {
        return "{\"number\": " + numbered.number() + ", \"of\": " + count + ", \"title\": "
                + quote(numbered.step().title()) + ", \"call\": ";
    }

    /** What is said of a step behind its call, up to the error's number. */
    static String place(NumberedStep numbered) {
        Optional<Span> cause = numbered.step().cause();
        String place = cause.map(span -> ", \"file\": " + quote(name(span.file())) + ", \"line\": " + span.line()
                        + ", \"column\": " + span.column())
                .orElse(", \"file\": null, \"line\": null, \"column\": null");
        return place + ", \"errno\": ";
    }

    /** Not the path: the same spec gives the same launcher, wherever it lies. */
    private static String name(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }
}
