package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** {@code validate}, {@code schema} and {@code init}, run as commands in a folder of their own. */
class SpecCommandsTest {
    static final List<String> TEMPLATES = Templates.NAMES;

    private static final String GOOD = "namespaces: [uts]\nhostname: box\ncommand: [sh]\n";
    private static final String BAD = "namespaces: [uts]\nhostnme: box\ncommand: [sh]\n";

    @TempDir
    private Path folder;

    private final Captured captured = new Captured();
    private boolean terminal;

    private int run(String... args) {
        Console console = captured.console(Map.of(), folder, terminal);
        Object command = switch (args[0]) {
            case "validate" -> new ValidateCommand(console);
            case "schema" -> new SchemaCommand(console);
            default -> new InitCommand(console);
        };
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setErr(captured.usage())
                .execute(List.of(args).subList(1, args.length).toArray(String[]::new));
    }

    private String out() {
        return captured.out();
    }

    private String err() {
        return captured.err();
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void aValidSpecIsSaidToBeValid() throws IOException {
        write("good.yaml", GOOD);
        assertThat(run("validate", "good.yaml")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("good.yaml is valid\n");
    }

    @Test
    void aFileThatLooksLikeAnotherBehindALinkIsCheckedToo() throws IOException {
        write("real/specs/box.yaml", GOOD);
        write("real/good.yaml", GOOD);
        write("good.yaml", BAD);
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real/specs"));
        assertThat(run("validate", "link/../good.yaml", "good.yaml", "./good.yaml"))
                .isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out())
                .startsWith("good.yaml:2:1: error: unknown key 'hostnme'\n")
                .endsWith("1 of 2 specs are valid\n");
    }

    @Test
    void anInvalidSpecIsStatusOneWithItsPlace() throws IOException {
        write("bad.yaml", BAD);
        assertThat(run("validate", "bad.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out()).isEqualTo("""
                bad.yaml:2:1: error: unknown key 'hostnme'
                   |
                 2 | hostnme: box
                   | ^^^^^^^
                   = help: did you mean 'hostname'?
                1 error in bad.yaml
                """);
    }

    @Test
    void aWarningAloneIsStatusZero() throws IOException {
        write("warn.yaml", "namespaces: [uts]\n");
        assertThat(run("validate", "warn.yaml")).isEqualTo(ExitStatus.OK);
        assertThat(out()).endsWith("1 warning in warn.yaml\nwarn.yaml is valid\n");
    }

    @Test
    void aFolderStandsForAllSpecsBelowItButNotInHiddenFolders() throws IOException {
        write("specs/a.yaml", GOOD);
        write("specs/deep/er/b.yml", BAD);
        write("specs/c.txt", "no spec");
        write("specs/.tool/d.yaml", BAD);
        assertThat(run("validate", "specs/", "specs/a.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out())
                .startsWith("specs/deep/er/b.yml:2:1: error: ")
                .endsWith("1 error in specs/deep/er/b.yml\n1 of 2 specs are valid\n");
    }

    @Test
    void theWorkingDirectoryItselfIsAFolder() throws IOException {
        write("bad.yaml", BAD);
        run("validate", ".");
        assertThat(out()).startsWith("bad.yaml:2:1: error: ");
    }

    @Test
    void aFolderMayBeNamedByASymbolicLink() throws IOException {
        write("real/bad.yaml", BAD);
        write("real/deep/bad.yaml", BAD);
        Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
        assertThat(run("validate", "link", "link/*.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out())
                .startsWith("link/bad.yaml:2:1: error: ")
                .contains("\nlink/deep/bad.yaml:2:1: error: ")
                .endsWith("2 errors in 2 files\n0 of 2 specs are valid\n");
    }

    @Test
    void anEmptyNameIsNotTheWorkingDirectory() throws IOException {
        write("good.yaml", GOOD);
        assertThat(run("validate", "")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out()).isEqualTo("'': error: the name of the spec file is empty\n1 error in ''\n");
    }

    @Test
    void aSymbolicLinkThatLeadsNowhereIsNoMistypedName() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.yaml"), Path.of("nowhere"));
        assertThat(run("validate", "link.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out())
                .isEqualTo("link.yaml: error: this symbolic link leads to a file that does not exist\n"
                        + "1 error in link.yaml\n");
    }

    @Test
    void aPatternThatTheShellLeftAloneIsFollowed() throws IOException {
        write("specs/a-1.yaml", GOOD);
        write("specs/a-2.yaml", BAD);
        write("specs/b.yaml", BAD);
        assertThat(run("validate", "specs/a-*.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out()).startsWith("specs/a-2.yaml:2:1: ").endsWith("1 of 2 specs are valid\n");
    }

    @Test
    void twoStarsStandForAnyNumberOfFoldersAlsoForNone() throws IOException {
        write("specs/a.yaml", GOOD);
        write("specs/one/a.yaml", GOOD);
        write("specs/one/two/a.yaml", GOOD);
        write("specs/one/two/b.yaml", GOOD);
        assertThat(run("validate", "specs/**/a.yaml")).isEqualTo(ExitStatus.OK);
        assertThat(run("validate", "**/one/**/*.yaml")).isEqualTo(ExitStatus.OK);
        assertThat(run("validate", "specs/**/**/b.yaml")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("""
                3 specs are valid
                3 specs are valid
                specs/one/two/b.yaml is valid
                """);
    }

    @Test
    void aPatternMayMatchFolders() throws IOException {
        write("specs/a.yaml", GOOD);
        write("specs/one/a.yaml", GOOD);
        write("specs/one/two/a.yaml", BAD);
        write("specs/one/two/a.txt", "no spec");
        assertThat(run("validate", "sp*s/o?e")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out()).startsWith("specs/one/two/a.yaml:2:1: error: ").endsWith("1 of 2 specs are valid\n");
    }

    @Test
    void aFileWhoseNameLooksLikeAPatternIsAFile() throws IOException {
        write("a[1].yaml", GOOD);
        assertThat(run("validate", "a[1].yaml")).isEqualTo(ExitStatus.OK);
    }

    @Test
    void whatNamesNothingIsAProblem() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        assertThat(run("validate", "none.yaml", "none*.yaml", "nowhere/*.yaml", "[", "empty"))
                .isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out()).isEqualTo("""
                none*.yaml: error: no file matches this pattern
                nowhere/*.yaml: error: no file matches this pattern
                [: error: no such file, and as a pattern it is not finished
                empty: error: no *.yaml or *.yml file is in this folder or below it
                none.yaml: error: no such file
                5 errors in 5 files
                """);
    }

    @Test
    void noFileAtAllIsWrongUsage() {
        assertThat(run("validate")).isEqualTo(ExitStatus.USAGE);
        assertThat(run("validate", "--format", "xml", "a.yaml")).isEqualTo(ExitStatus.USAGE);
    }

    @Test
    void everyFormatHasTheSameProblems() throws IOException {
        write("bad.yaml", BAD);
        assertThat(run("validate", "--format=json", "bad.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(JsonMapper.shared().readTree(out()).get(0).get("code").asString())
                .isEqualTo("unknown-key");
        captured.reset();
        assertThat(run("validate", "--format=sarif", "bad.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(JsonMapper.shared()
                        .readTree(out())
                        .at("/runs/0/results/0/ruleId")
                        .asString())
                .isEqualTo("unknown-key");
        captured.reset();
        assertThat(run("validate", "--format=github", "bad.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out())
                .isEqualTo("::error file=bad.yaml,line=2,endLine=2,col=1,endColumn=8,title=nsbox unknown-key::"
                        + "unknown key 'hostnme'%0Ahelp: did you mean 'hostname'?\n");
    }

    @Test
    void manySpecsAreCheckedInOrderAndProgressIsForTerminalsOnly() throws IOException {
        for (int i = 0; i < 1200; i++) {
            write(String.format("many/%04d.yaml", i), i % 500 == 7 ? BAD : GOOD);
        }
        assertThat(run("validate", "--format=github", "many")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(out().lines().map(line -> line.substring(0, "::error file=many/0000.yaml".length())))
                .containsExactly(
                        "::error file=many/0007.yaml", "::error file=many/0507.yaml", "::error file=many/1007.yaml");
        assertThat(err()).isEmpty();
        terminal = true;
        run("validate", "--format=github", "many");
        assertThat(err())
                .startsWith("\rchecked 500 of 1200\rchecked 1000 of 1200")
                .endsWith(" \r");
    }

    @Test
    void schemaPrintsTheCommittedFile() throws IOException {
        assertThat(run("schema")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo(Files.readString(Path.of("schema/nsbox.schema.json")));
    }

    @ParameterizedTest
    @FieldSource("TEMPLATES")
    void everyTemplateIsAValidSpec(String name) throws IOException {
        assertThat(run("init", "--template", name, "new.yaml")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("wrote new.yaml; next: nsbox up new.yaml\n");
        assertThat(Files.readString(folder.resolve("new.yaml")))
                .startsWith("# yaml-language-server: $schema=nsbox.schema.json\n")
                .doesNotContain("../schema");
        captured.reset();
        assertThat(run("validate", "new.yaml")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("new.yaml is valid\n");
    }

    @Test
    void everySpecOfTheRepositoryIsATemplate() throws IOException {
        try (Stream<Path> specs = Files.list(Path.of("specs"))) {
            assertThat(specs.filter(Files::isRegularFile)
                            .map(f -> f.getFileName().toString().replace(".yaml", "")))
                    .containsExactlyInAnyOrderElementsOf(TEMPLATES.subList(1, TEMPLATES.size()));
        }
    }

    @Test
    void initNeverOverwrites() throws IOException {
        write("sandbox.yaml", "mine\n");
        assertThat(run("init")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(err())
                .isEqualTo(
                        "nsbox: error: cannot write sandbox.yaml: it exists already; give another name, or remove it first\n");
        assertThat(Files.readString(folder.resolve("sandbox.yaml"))).isEqualTo("mine\n");
    }

    @Test
    void initSaysWhyItCannotWrite() {
        assertThat(run("init", "no/folder.yaml")).isEqualTo(ExitStatus.PROBLEMS);
        assertThat(err()).isEqualTo("nsbox: error: cannot write no/folder.yaml: its folder does not exist\n");
    }

    @Test
    void initListsItsTemplatesAndRefusesOthers() {
        assertThat(run("init", "--list")).isEqualTo(ExitStatus.OK);
        assertThat(out().lines().map(line -> line.split(" ")[0])).containsExactlyElementsOf(TEMPLATES);
        assertThat(out()).contains("network    A network of its own, with nothing in it but lo.\n");
        assertThat(run("init", "--template", "utz", "x.yaml")).isEqualTo(ExitStatus.USAGE);
        assertThat(err()).startsWith("no template is called 'utz'; they are minimal, uts,");
        assertThat(folder.resolve("x.yaml")).doesNotExist();
    }

    @Test
    void initWritesToStandardOutputForAHyphen() {
        assertThat(run("init", "-")).isEqualTo(ExitStatus.OK);
        assertThat(out()).contains("\nnamespaces: [user, uts, pid, mount]\n");
    }
}
