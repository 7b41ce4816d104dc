package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A report of a run, which is as its schema says. */
record Report(JsonNode json) {
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(JsonMapper.shared().readTree(text(Path.of("schema/report.schema.json"))));

    static Report of(Path file) {
        return of(text(file));
    }

    static Report of(String text) {
        JsonNode json = JsonMapper.shared().readTree(text);
        assertThat(SCHEMA.validate(json)).as(text).isEmpty();
        return new Report(json);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String reason() {
        return json.get("reason").asString();
    }

    JsonNode get(String field) {
        return json.get(field);
    }

    double number(String field) {
        return json.get(field).asDouble();
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
