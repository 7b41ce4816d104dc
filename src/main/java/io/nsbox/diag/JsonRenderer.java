package io.nsbox.diag;

import java.io.StringWriter;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Diagnostics as one JSON document: a list of objects.
 *
 * <p>Each has {@code file}, {@code line}, {@code column}, {@code length} (all three null for a problem of the file itself),
 * {@code severity}, {@code code}, {@code path}, {@code message}, {@code help} (or null) and {@code related}.
 */
public final class JsonRenderer {
    /** All diagnostics; an empty list where there are none. */
    public String render(List<Diagnostic> diagnostics) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = generator(text)) {
            json.writeStartArray();
            diagnostics.forEach(d -> write(json, d));
            json.writeEndArray();
        }
        return text.append('\n').toString();
    }

    /** A generator that indents, with the same line breaks on every machine. */
    static JsonGenerator generator(StringWriter text) {
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(new tools.jackson.core.util.DefaultIndenter("  ", "\n"));
        return new JsonFactory()
                .createGenerator(
                        new ObjectWriteContext.Base() {
                            @Override
                            public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
                                return printer;
                            }
                        },
                        text);
    }

    private static void write(JsonGenerator json, Diagnostic d) {
        json.writeStartObject();
        json.writeStringProperty("file", d.file());
        if (d.span().isPresent()) {
            Span span = d.span().get();
            json.writeNumberProperty("line", span.line());
            json.writeNumberProperty("column", span.column());
            json.writeNumberProperty("length", span.length());
        } else {
            json.writeNullProperty("line");
            json.writeNullProperty("column");
            json.writeNullProperty("length");
        }
        json.writeStringProperty("severity", d.severity().word());
        json.writeStringProperty("code", d.code().id());
        json.writeStringProperty("path", d.path());
        json.writeStringProperty("message", d.message());
        json.writeStringProperty("help", d.help().orElse(null));
        json.writeArrayPropertyStart("related");
        for (Related related : d.related()) {
            json.writeStartObject();
            json.writeStringProperty("file", related.span().file());
            json.writeNumberProperty("line", related.span().line());
            json.writeNumberProperty("column", related.span().column());
            json.writeNumberProperty("length", related.span().length());
            json.writeStringProperty("label", related.label());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
