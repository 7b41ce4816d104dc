package io.nsbox.diag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RenderersTest {
    private static final Span HOSTNAME = new Span("specs/a,b:c%.yaml", 3, 1, 8, "hostname: box");
    private static final Diagnostic ERROR = Diagnostic.at(
                    Severity.ERROR, Code.MISSING_NAMESPACE, HOSTNAME, "hostname", "'hostname' needs\r\n100% of 'uts'")
            .withRelated(new Span("specs/a,b:c%.yaml", 1, 13, 5, "namespaces: [pid]"), "listed here")
            .withHelp("add 'uts'");
    private static final Diagnostic WARNING =
            Diagnostic.of(Severity.WARNING, Code.FILE_UNREADABLE, "other.yaml", "no such file");
    private static final List<Diagnostic> BOTH = List.of(ERROR, WARNING);

    @Test
    void textShowsBothPlacesAndCountsAtTheEnd() {
        assertThat(new TextRenderer(Style.PLAIN).render(BOTH)).isEqualTo("""
                specs/a,b:c%.yaml:3:1: error: 'hostname' needs␍␊100% of 'uts'
                   |
                 3 | hostname: box
                   | ^^^^^^^^
                  --> specs/a,b:c%.yaml:1:13: listed here
                   |
                 1 | namespaces: [pid]
                   |             -----
                   = help: add 'uts'
                other.yaml: warning: no such file
                1 error, 1 warning in 2 files
                """);
    }

    @Test
    void colourOnlyAddsEscapeSequences() {
        String coloured = new TextRenderer(Style.COLOUR).render(BOTH);
        assertThat(coloured).contains("\u001b[1;31merror\u001b[0m").contains("\u001b[1;33mwarning\u001b[0m");
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(new TextRenderer(Style.PLAIN).render(BOTH));
    }

    @Test
    void nothingToSayIsNothingSaid() {
        assertThat(new TextRenderer(Style.PLAIN).render(List.of())).isEmpty();
        assertThat(new GithubRenderer().render(List.of())).isEmpty();
        assertThat(new JsonRenderer().render(List.of())).isEqualToIgnoringWhitespace("[]");
    }

    @Test
    void helpOfSeveralLinesStaysInItsColumn() {
        assertThat(new TextRenderer(Style.PLAIN).render(WARNING.withHelp("one\ntwo")))
                .isEqualTo("""
                other.yaml: warning: no such file
                   = help: one
                           two
                """);
    }

    @Test
    void aFileNameCannotMoveTheCursor() {
        Diagnostic diagnostic =
                Diagnostic.of(Severity.ERROR, Code.FILE_UNREADABLE, "a\u001b[2J\n.yaml", "no such file");
        assertThat(new TextRenderer(Style.PLAIN).render(List.of(diagnostic)))
                .isEqualTo("a\u241b[2J\u240a.yaml: error: no such file\n1 error in a\u241b[2J\u240a.yaml\n");
    }

    @Test
    void aCaretStandsBelowWhatItMarksWhateverIsBeforeIt() {
        String line = "x: \u2705\u2b50\ud83d\udee0\u4e2de\u0301\ud83e\udd80\u1112\u1161\u11ab q";
        Diagnostic diagnostic = Diagnostic.at(
                Severity.ERROR,
                Code.UNKNOWN_KEY,
                new Span("box.yaml", 1, line.codePointCount(0, line.length()), 1, line),
                "",
                "what is this?");
        // Two columns for each of the mark, the star, the ideograph, the crab and the syllable; one for the tools, and
        // the letter.
        assertThat(new TextRenderer(Style.PLAIN).render(diagnostic))
                .isEqualTo(
                        "box.yaml:1:15: error: what is this?\n   |\n 1 | " + line + "\n   | " + " ".repeat(16) + "^\n");
    }

    @Test
    void whatIsQuotedInAHelpCannotMoveTheCursor() {
        Diagnostic diagnostic = Diagnostic.at(Severity.ERROR, Code.UNKNOWN_KEY, HOSTNAME, "", "no")
                .withRelated(new Span("a\u001b", 1, 1, 1, ""), "\u202e")
                .withHelp("write [\u001b[31m]\n\u009b");
        assertThat(new GithubRenderer().render(List.of(diagnostic)))
                .isEqualTo(
                        "::error file=specs/a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=1,endColumn=9,title=nsbox unknown-key::"
                                + "no%0Aa\u241b:1:1: <U+202E>%0Ahelp: write [\u241b[31m]%0A<U+009B>\n");
        assertThat(new TextRenderer(Style.PLAIN).render(diagnostic))
                .endsWith("   = help: write [\u241b[31m]\n           <U+009B>\n");
    }

    @Test
    void workflowCommandsEscapeWhatWouldEndThem() {
        assertThat(new GithubRenderer().render(BOTH)).isEqualTo("""
                ::error file=specs/a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=1,endColumn=9,title=nsbox missing-namespace::\
                'hostname' needs␍␊100%25 of 'uts'%0Aspecs/a,b:c%25.yaml:1:13: listed here%0Ahelp: add 'uts'
                ::warning file=other.yaml,title=nsbox file-unreadable::no such file
                """);
    }

    @Test
    void jsonHasEveryPart() {
        JsonNode list = JsonMapper.shared().readTree(new JsonRenderer().render(BOTH));
        assertThat(list.size()).isEqualTo(2);
        JsonNode first = list.get(0);
        assertThat(first.propertyNames())
                .containsExactly(
                        "file", "line", "column", "length", "severity", "code", "path", "message", "help", "related");
        assertThat(first.get("file").asString()).isEqualTo("specs/a,b:c%.yaml");
        assertThat(first.get("line").asInt()).isEqualTo(3);
        assertThat(first.get("column").asInt()).isEqualTo(1);
        assertThat(first.get("length").asInt()).isEqualTo(8);
        assertThat(first.get("severity").asString()).isEqualTo("error");
        assertThat(first.get("code").asString()).isEqualTo("missing-namespace");
        assertThat(first.get("path").asString()).isEqualTo("hostname");
        assertThat(first.get("message").asString()).isEqualTo("'hostname' needs\r\n100% of 'uts'");
        assertThat(first.get("help").asString()).isEqualTo("add 'uts'");
        assertThat(first.get("related").get(0).get("column").asInt()).isEqualTo(13);
        assertThat(first.get("related").get(0).get("label").asString()).isEqualTo("listed here");
        assertThat(list.get(1).get("line").isNull()).isTrue();
        assertThat(list.get(1).get("help").isNull()).isTrue();
    }

    @Test
    void sarifHasOneRunWithRulesAndResults() {
        JsonNode log = JsonMapper.shared().readTree(new SarifRenderer("1.2.3").render(BOTH));
        assertThat(log.get("version").asString()).isEqualTo("2.1.0");
        assertThat(log.get("runs").size()).isEqualTo(1);
        JsonNode run = log.get("runs").get(0);
        JsonNode driver = run.get("tool").get("driver");
        assertThat(driver.get("name").asString()).isEqualTo("nsbox");
        assertThat(driver.get("version").asString()).isEqualTo("1.2.3");
        JsonNode result = run.get("results").get(0);
        assertThat(result.get("ruleId").asString()).isEqualTo("missing-namespace");
        assertThat(driver.get("rules")
                        .get(result.get("ruleIndex").asInt())
                        .get("id")
                        .asString())
                .isEqualTo("missing-namespace");
        assertThat(result.get("level").asString()).isEqualTo("error");
        assertThat(result.get("message").get("text").asString()).endsWith("\nhelp: add 'uts'");
        JsonNode place = result.get("locations").get(0).get("physicalLocation");
        assertThat(place.get("region").get("startLine").asInt()).isEqualTo(3);
        assertThat(place.get("region").get("endColumn").asInt()).isEqualTo(9);
        assertThat(run.get("results")
                        .get(1)
                        .get("locations")
                        .get(0)
                        .get("physicalLocation")
                        .has("region"))
                .isFalse();
    }

    @Test
    void sarifNamesFilesByUriReferences() {
        assertThat(uri("specs/a b.yaml")).isEqualTo("specs/a%20b.yaml");
        assertThat(uri("specs/a%41:.yaml")).isEqualTo("specs/a%2541:.yaml");
        assertThat(uri("/abs/\u00e4.yaml")).isEqualTo("file:///abs/%C3%A4.yaml");
        assertThat(uri("a:b.yaml")).isEqualTo("./a:b.yaml");
        assertThat(uri("1:b.yaml")).isEqualTo("./1:b.yaml");
        assertThat(uri("--set")).isEqualTo("--set");
    }

    private static String uri(String file) {
        Diagnostic diagnostic = Diagnostic.of(Severity.ERROR, Code.FILE_UNREADABLE, file, "no such file");
        return JsonMapper.shared()
                .readTree(new SarifRenderer("1").render(List.of(diagnostic)))
                .at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri")
                .asString();
    }

    @Test
    void codesAreKebabCaseAndNoTwoAreEqual() {
        List<String> ids = java.util.Arrays.stream(Code.values()).map(Code::id).toList();
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z]+[0-9]*(-[a-z]+)*"));
    }

    @Test
    void diagnosticsComeInFileOrderOnceEach() {
        Diagnostics found = new Diagnostics("box.yaml");
        Diagnostic setting =
                Diagnostic.at(Severity.ERROR, Code.UNKNOWN_KEY, new Span("--set", 1, 1, 1, "a=1"), "a", "m");
        Diagnostic second =
                Diagnostic.at(Severity.WARNING, Code.UNKNOWN_KEY, new Span("box.yaml", 2, 1, 1, "b"), "b", "m");
        Diagnostic first =
                Diagnostic.at(Severity.WARNING, Code.UNKNOWN_KEY, new Span("box.yaml", 1, 5, 1, "aaaaa"), "a", "m");
        List.of(second, setting, first, second).forEach(found::add);
        assertThat(found.sorted()).containsExactly(first, second, setting);
        assertThat(found.hasErrors()).isTrue();
        assertThat(setting.help()).isEqualTo(Optional.empty());
    }
}
