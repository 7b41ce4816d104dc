package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nsbox.diag.Diagnostics;
import io.nsbox.spec.Key;
import io.nsbox.testing.Golden;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class SchemaTest {
    private static final Path FILE = Path.of("schema/nsbox.schema.json");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Cases whose rule a schema cannot say: sums, overlaps, what ranges leave out, bytes, quoting, places in the text. */
    private static final Set<String> NOT_EXPRESSIBLE = Set.of(
            "id-map-overlap",
            "limits-swap-less",
            "mounts-below-proc",
            "mounts-overlay-too-long",
            "limits-reservation",
            "durations-too-long",
            "user-without-map",
            "user-not-in-ranges",
            "dev-ids",
            "dev-ids-mixed",
            "dev-ids-unmapped",
            "command-unbalanced",
            "command-single-quote",
            "command-backslash",
            "command-nul",
            "command-half-a-character",
            "seccomp-wrong-file",
            "seccomp-broken-file",
            "seccomp-list-file",
            "seccomp-missing-file",
            "seccomp-missing-path",
            "seccomp-no-execve",
            "seccomp-contradiction",
            "seccomp-without-no-new-privileges",
            "seccomp-too-long");

    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(JsonMapper.shared().readTree(SchemaGenerator.generate()));

    @Test
    void theCommittedSchemaIsTheGeneratedOne() {
        Golden.compare(FILE, SchemaGenerator.generate());
    }

    @Test
    void theSchemaIsOneByTheRulesOfItsOwnLanguage() {
        Schema meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(meta.validate(JsonMapper.shared().readTree(SchemaGenerator.generate())))
                .isEmpty();
    }

    @Test
    void theSchemaHasExactlyTheSupportedKeysEachWithADescription() {
        JsonNode properties =
                JsonMapper.shared().readTree(SchemaGenerator.generate()).get("properties");
        assertThat(properties.propertyNames())
                .containsExactlyElementsOf(Stream.of(Key.values())
                        .filter(Key::isSupported)
                        .map(Key::word)
                        .toList());
        properties.forEach(p -> assertThat(p.get("description").asString()).endsWith("."));
    }

    static Stream<Path> specs() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("specs"))) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void everySpecIsValidAndNamesTheSchema(Path file) throws IOException {
        String up = "../".repeat(file.getNameCount() - 1);
        assertThat(Files.readString(file))
                .startsWith("# yaml-language-server: $schema=" + up + "schema/nsbox.schema.json\n");
        assertThat(SCHEMA.validate(json(file).orElseThrow())).isEmpty();
        assertThat(new SpecReader(ReadOptions.DEFAULT)
                        .read(file.toString(), file.toAbsolutePath())
                        .diagnostics())
                .isEmpty();
    }

    static Stream<Path> cases() throws IOException {
        return SpecCasesTest.cases()
                .filter(f -> !Files.exists(f.resolve("set.txt")))
                .filter(f -> json(f.resolve("box.yaml")).isPresent());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void schemaAndReaderAgree(Path folder) {
        Path file = folder.resolve("box.yaml");
        boolean valid = new SpecReader(ReadOptions.DEFAULT)
                .read("box.yaml", file.toAbsolutePath())
                .isValid();
        boolean bySchema = SCHEMA.validate(json(file).orElseThrow()).isEmpty();
        boolean agree = valid == bySchema;
        assertThat(agree)
                .as("reader: %s, schema: %s", valid, bySchema)
                .isNotEqualTo(NOT_EXPRESSIBLE.contains(folder.getFileName().toString()));
    }

    /** The file as JSON; nothing if YAML alone already refuses it. */
    private static Optional<JsonNode> json(Path file) {
        try {
            Diagnostics diagnostics = new Diagnostics("test");
            Optional<JsonNode> json = SourceDecoder.decode("test", Files.readAllBytes(file), diagnostics)
                    .flatMap(source -> YamlComposer.compose(source, diagnostics))
                    .map(SchemaTest::json);
            return diagnostics.hasErrors() ? Optional.empty() : json;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static JsonNode json(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            ObjectNode object = JSON.objectNode();
            mapping.entries().forEach(e -> object.set(e.key().text(), json(e.value())));
            return object;
        }
        if (node instanceof YamlNode.Sequence list) {
            ArrayNode array = JSON.arrayNode();
            list.items().forEach(item -> array.add(json(item)));
            return array;
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return switch (scalar.type()) {
            case NULL, UNKNOWN -> JSON.nullNode();
            case BOOL -> JSON.booleanNode(scalar.text().equalsIgnoreCase("true"));
            case INT ->
                JSON.numberNode(
                        scalar.text().startsWith("0x")
                                ? new BigInteger(scalar.text().substring(2), 16)
                                : new BigInteger(scalar.text()));
            case FLOAT -> JSON.numberNode(new BigDecimal(scalar.text()));
            case TEXT -> JSON.stringNode(scalar.text());
        };
    }

    @Test
    void theExceptionsAreCases() throws IOException {
        List<String> names = cases().map(f -> f.getFileName().toString()).toList();
        assertThat(names).containsAll(NOT_EXPRESSIBLE);
    }
}
