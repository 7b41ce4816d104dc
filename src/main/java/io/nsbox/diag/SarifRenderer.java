package io.nsbox.diag;

import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Diagnostics as one SARIF 2.1.0 log (OASIS, "Static Analysis Results Interchange Format"), for code-scanning services. */
public final class SarifRenderer {
    private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

    private final String toolVersion;

    /**
     * A renderer.
     *
     * @param toolVersion the version of nsbox that the log names
     */
    public SarifRenderer(String toolVersion) {
        this.toolVersion = toolVersion;
    }

    /** One run with all diagnostics as its results. */
    public String render(List<Diagnostic> diagnostics) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JsonRenderer.generator(text)) {
            json.writeStartObject();
            json.writeStringProperty("$schema", SCHEMA);
            json.writeStringProperty("version", "2.1.0");
            json.writeArrayPropertyStart("runs");
            json.writeStartObject();
            List<Code> rules = diagnostics.stream()
                    .map(Diagnostic::code)
                    .distinct()
                    .sorted()
                    .toList();
            writeTool(json, rules);
            // Spans count code points, SARIF's default is UTF-16 code units.
            json.writeStringProperty("columnKind", "unicodeCodePoints");
            json.writeArrayPropertyStart("results");
            diagnostics.forEach(d -> writeResult(json, d, rules));
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private void writeTool(JsonGenerator json, List<Code> rules) {
        json.writeObjectPropertyStart("tool");
        json.writeObjectPropertyStart("driver");
        json.writeStringProperty("name", "nsbox");
        json.writeStringProperty("version", toolVersion);
        json.writeArrayPropertyStart("rules");
        for (Code code : rules) {
            json.writeStartObject();
            json.writeStringProperty("id", code.id());
            writeMessage(json, "shortDescription", code.summary());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeResult(JsonGenerator json, Diagnostic d, List<Code> rules) {
        json.writeStartObject();
        json.writeStringProperty("ruleId", d.code().id());
        json.writeNumberProperty("ruleIndex", rules.indexOf(d.code()));
        json.writeStringProperty("level", d.severity().word());
        String help = d.help().map(h -> "\nhelp: " + h).orElse("");
        writeMessage(json, "message", d.message() + help);
        json.writeArrayPropertyStart("locations");
        json.writeStartObject();
        writePhysicalLocation(json, d.file(), d.span().orElse(null));
        json.writeEndObject();
        json.writeEndArray();
        if (!d.related().isEmpty()) {
            json.writeArrayPropertyStart("relatedLocations");
            int id = 1;
            for (Related related : d.related()) {
                json.writeStartObject();
                json.writeNumberProperty("id", id++);
                writePhysicalLocation(json, related.span().file(), related.span());
                writeMessage(json, "message", related.label());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void writePhysicalLocation(
            JsonGenerator json, String file, @org.jspecify.annotations.Nullable Span span) {
        json.writeObjectPropertyStart("physicalLocation");
        json.writeObjectPropertyStart("artifactLocation");
        json.writeStringProperty("uri", uri(file));
        json.writeEndObject();
        if (span != null) {
            json.writeObjectPropertyStart("region");
            json.writeNumberProperty("startLine", span.line());
            json.writeNumberProperty("startColumn", span.column());
            json.writeNumberProperty("endColumn", span.column() + span.length());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeMessage(JsonGenerator json, String name, String text) {
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("text", text);
        json.writeEndObject();
    }

    /** A URI reference (RFC 3986): relative names stay relative, so that services find the file in the checkout. */
    private static String uri(String file) {
        boolean absolute = file.startsWith("/");
        try {
            String uri = new URI("file", "", absolute ? file : "/" + file, null, null).toASCIIString();
            if (absolute) {
                return uri;
            }
            String relative = uri.substring("file:///".length());
            // A first segment with a colon would read as a scheme.
            return relative.split("/", 2)[0].contains(":") ? "./" + relative : relative;
        } catch (URISyntaxException e) {
            throw new IllegalStateException("every path can be quoted: " + file, e);
        }
    }
}
