package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Severity;
import io.nsbox.spec.Confinement;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.InputFile;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.NetworkMode;
import io.nsbox.spec.Propagation;
import io.nsbox.spec.Rootfs;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Session;
import io.nsbox.spec.Signal;
import io.nsbox.spec.Variable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a valid spec comes to. */
class SpecReaderTest {
    private static final Path PATH = Path.of("/specs/box.yaml");

    private static LoadedSpec load(String text, String... settings) {
        return load(text, new ReadOptions(List.of(settings), List.of(), false));
    }

    private static LoadedSpec load(String text, ReadOptions options) {
        ReadResult result = new SpecReader(options).read("box.yaml", PATH, text.getBytes(StandardCharsets.UTF_8));
        assertThat(result.diagnostics()).filteredOn(Diagnostic::isError).isEmpty();
        return result.spec().orElseThrow();
    }

    private static SandboxSpec spec(String text, String... settings) {
        return load(text, settings).spec();
    }

    @Test
    void everyKeyReachesTheRecord() throws IOException {
        SandboxSpec spec = spec(Files.readString(Path.of("src/test/resources/cases/valid-full/box.yaml")));
        assertThat(spec)
                .isEqualTo(new SandboxSpec(
                        1,
                        "full.box-1_a",
                        "Every key of the language, ${as it is}.\n",
                        java.util.EnumSet.allOf(Namespace.class),
                        java.util.Map.of(),
                        "box.example.org",
                        "my domain",
                        true,
                        Propagation.SLAVE,
                        IdMap.Keyword.ROOT,
                        new IdMap.Ranges(List.of(new IdRange(0, 1000, 1), new IdRange(1, 100000, 65536))),
                        NetworkMode.DOWN,
                        List.of(
                                new Variable("A", Optional.of("1")),
                                new Variable("B", Optional.of("true")),
                                new Variable("C", Optional.of("quoted")),
                                new Variable("D", Optional.empty()),
                                new Variable("E", Optional.of("0x1F")),
                                new Variable("F", Optional.of("a=b")),
                                new Variable("a.b-c", Optional.of("dots"))),
                        new InheritEnv.Names(List.of("TERM", "LC_*")),
                        "/tmp",
                        List.of("sleep", "10", "true", "1.50"),
                        false,
                        new Signal("SIGRTMIN+3", 37),
                        Duration.ZERO,
                        Duration.ofDays(1)
                                .plusHours(2)
                                .plusMinutes(3)
                                .plusSeconds(4)
                                .plusMillis(500),
                        FileSystem.CALLERS,
                        Confinement.DEFAULT,
                        Session.DEFAULT,
                        null));
    }

    @Test
    void whatIsNotGivenHasTheDefaultsOfTheLanguage() {
        assertThat(spec("namespaces: []"))
                .isEqualTo(new SandboxSpec(
                        1,
                        "box",
                        null,
                        java.util.Set.of(),
                        java.util.Map.of(),
                        null,
                        null,
                        false,
                        Propagation.PRIVATE,
                        null,
                        null,
                        NetworkMode.LOOPBACK,
                        List.of(),
                        InheritEnv.DEFAULT,
                        null,
                        List.of(),
                        true,
                        Signal.TERM,
                        Duration.ofSeconds(10),
                        null,
                        FileSystem.CALLERS,
                        Confinement.DEFAULT,
                        Session.DEFAULT,
                        null));
    }

    @Test
    void namespacesComeInTheOrderOfThePage() {
        assertThat(spec("namespaces: [uts, pid, cgroup]").namespaces())
                .containsExactly(Namespace.CGROUP, Namespace.PID, Namespace.UTS);
        assertThat(spec("namespaces: all").namespaces()).containsExactly(Namespace.values());
        assertThat(spec("namespaces: [all]").namespaces()).containsExactly(Namespace.values());
    }

    @Test
    void aKeywordForOneMapGoesForBothAndRangesDoNot() {
        SandboxSpec uids = spec("namespaces: [user]\nuid_map: keep-id");
        assertThat(uids.uidMap()).isEqualTo(IdMap.Keyword.KEEP_ID).isEqualTo(uids.gidMap());
        SandboxSpec gids = spec("namespaces: [user]\ngid_map: auto");
        assertThat(gids.uidMap()).isEqualTo(IdMap.Keyword.AUTO).isEqualTo(gids.gidMap());
        SandboxSpec both = spec("namespaces: [user]\nuid_map: root\ngid_map: keep-id");
        assertThat(both.uidMap()).isEqualTo(IdMap.Keyword.ROOT);
        assertThat(both.gidMap()).isEqualTo(IdMap.Keyword.KEEP_ID);
        SandboxSpec ranges = spec("namespaces: [user]\nuid_map: [{inside: 0, outside: 5}]");
        assertThat(ranges.uidMap()).isEqualTo(new IdMap.Ranges(List.of(new IdRange(0, 5, 1))));
        assertThat(ranges.gidMap()).isNull();
        assertThat(spec("namespaces: [user]").uidMap()).isNull();
    }

    @Test
    void inheritEnvIsAllOrNothingOrNames() {
        assertThat(spec("namespaces: []\ninherit_env: true").inheritEnv()).isEqualTo(new InheritEnv.All());
        assertThat(spec("namespaces: []\ninherit_env: false").inheritEnv()).isEqualTo(InheritEnv.NONE);
        assertThat(spec("namespaces: []\ninherit_env: []").inheritEnv()).isEqualTo(InheritEnv.NONE);
    }

    @Test
    void theListFormOfTheEnvironmentIsTheMapForm() {
        assertThat(spec("namespaces: []\nenvironment: [A=1, 'B=x=y', C, D=]").environment())
                .isEqualTo(List.of(
                        new Variable("A", Optional.of("1")),
                        new Variable("B", Optional.of("x=y")),
                        new Variable("C", Optional.empty()),
                        new Variable("D", Optional.of(""))));
    }

    @Test
    void ownKeysWinOverMergedOnesAndEarlierMergedOverLater() throws IOException {
        SandboxSpec spec = spec(Files.readString(Path.of("src/test/resources/cases/valid-anchors-and-merge/box.yaml")));
        assertThat(spec.hostname()).isEqualTo("own");
        assertThat(spec.namespaces()).containsExactly(Namespace.USER, Namespace.UTS);
        assertThat(spec.environment())
                .containsExactly(
                        new Variable("A", Optional.of("own")),
                        new Variable("B", Optional.of("2")),
                        new Variable("C", Optional.of("4")));
    }

    @ParameterizedTest
    @CsvSource({
        "SIGTERM, SIGTERM, 15",
        "TERM, SIGTERM, 15",
        "15, SIGTERM, 15",
        "HUP, SIGHUP, 1",
        "SIGSYS, SIGSYS, 31",
        "SIGPOLL, SIGIO, 29",
        "SIGRTMIN, SIGRTMIN, 34",
        "RTMIN+2, SIGRTMIN+2, 36",
        "SIGRTMAX, SIGRTMIN+30, 64",
        "SIGRTMAX-1, SIGRTMIN+29, 63",
        "64, SIGRTMIN+30, 64",
        "32, 32, 32"
    })
    void signalsHaveNamesAndNumbers(String written, String name, int number) {
        assertThat(spec("namespaces: []\nstop_signal: " + written).stopSignal()).isEqualTo(new Signal(name, number));
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "10s, PT10S",
        "1m30s, PT1M30S",
        "2h, PT2H",
        "1d, PT24H",
        "90m, PT90M",
        "36500d, PT876000H"
    })
    void durationsAreSumsOfTheirParts(String written, String duration) {
        assertThat(spec("namespaces: []\ntimeout: " + written).timeout()).isEqualTo(Duration.parse(duration));
    }

    @ParameterizedTest
    @CsvSource({
        "/a/box.yaml, box",
        "/a/box.prod.yml, box.prod",
        "/a/box, box",
        "/a/my box.yaml, my-box",
        "/a/.hidden.yaml, hidden",
        "/a/\u00fcber.yaml, ber",
        "/a/---.yaml, sandbox"
    })
    void aSandboxIsCalledAsItsFile(String path, String name) {
        ReadResult result = new SpecReader(ReadOptions.DEFAULT)
                .read("x", Path.of(path), "namespaces: []".getBytes(StandardCharsets.UTF_8));
        assertThat(result.spec().orElseThrow().spec().name()).isEqualTo(name);
        assertThat(name).matches(SandboxSpec.NAME_PATTERN);
    }

    @Test
    void settingsGoOverTheFile() throws IOException {
        LoadedSpec loaded = load(
                Files.readString(Path.of("src/test/resources/cases/set-overrides/box.yaml")),
                "hostname=good",
                "environment.A=5",
                "environment.C.D=x y",
                "namespaces[1]=user",
                "uid_map[0].inside=0",
                "uid_map[0].outside=1000",
                "timeout=5s",
                "command=[sh, -c, 'echo $A']",
                ReadOptions.textSetting("name", "12"));
        SandboxSpec spec = loaded.spec();
        assertThat(spec.hostname()).isEqualTo("good");
        assertThat(spec.environment())
                .containsExactly(
                        new Variable("A", Optional.of("5")),
                        new Variable("B", Optional.of("2")),
                        new Variable("C.D", Optional.of("x y")));
        assertThat(spec.namespaces()).containsExactly(Namespace.USER, Namespace.UTS);
        assertThat(spec.uidMap()).isEqualTo(new IdMap.Ranges(List.of(new IdRange(0, 1000, 1))));
        assertThat(spec.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(spec.command()).containsExactly("sh", "-c", "echo $A");
        assertThat(spec.name()).isEqualTo("12");
        assertThat(loaded.origins().key("hostname").orElseThrow().location()).isEqualTo("--set:1:1");
        assertThat(loaded.origins().value("hostname").orElseThrow().location()).isEqualTo("--set:1:10");
        assertThat(loaded.origins().key("namespaces").orElseThrow().location()).isEqualTo("box.yaml:1:1");
    }

    @Test
    void wordsOfTheCommandLineReplaceTheCommand() {
        ReadOptions options = new ReadOptions(List.of(), List.of("id", "-u"), true);
        assertThat(load("namespaces: []\ncommand: sh", options).spec().command())
                .containsExactly("id", "-u");
        assertThat(load("namespaces: []", options).spec().command()).containsExactly("id", "-u");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/specs/box.yaml", "/specs/./box.yaml", "/./specs/.//./box.yaml"})
    void howThePathOfASpecIsTypedChangesNothing(String path) {
        byte[] bytes =
                "namespaces: [mount]\nrootfs: ./root\nreport: run.json\ncommand: sh\n".getBytes(StandardCharsets.UTF_8);
        SandboxSpec spec = new SpecReader(ReadOptions.DEFAULT)
                .read("box.yaml", Path.of(path), bytes)
                .spec()
                .orElseThrow()
                .spec();
        assertThat(spec.reportFile()).contains("/specs/run.json");
        assertThat(spec.fileSystem().rootfs()).isEqualTo(new Rootfs("/specs/root", null));
    }

    /** Whoever takes {@code ..} for the folder that stands before it reads another profile, or none. */
    @Test
    void aProfileAboveALinkedFolderIsTheOneThatTheKernelFinds(@TempDir Path temp) throws IOException {
        Path specs = Files.createDirectories(temp.resolve("real/specs"));
        Files.writeString(temp.resolve("real/profile.json"), "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}");
        Files.writeString(temp.resolve("profile.json"), "{\"defaultAction\": \"SCMP_ACT_KILL\"}");
        Path link = Files.createSymbolicLink(temp.resolve("link"), specs);
        byte[] bytes = "namespaces: []\nseccomp: ../profile.json\ncommand: sh\n".getBytes(StandardCharsets.UTF_8);
        ReadResult result = new SpecReader(ReadOptions.DEFAULT).read("box.yaml", link.resolve("box.yaml"), bytes);
        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.spec().orElseThrow().inputs())
                .last()
                .satisfies(input ->
                        assertThat(input.content()).isEqualTo(Files.readAllBytes(temp.resolve("real/profile.json"))));
    }

    @Test
    void aCommandMayBeRequired() {
        byte[] bytes = "namespaces: []\n".getBytes(StandardCharsets.UTF_8);
        ReadResult required = new SpecReader(new ReadOptions(List.of(), List.of(), true)).read("box.yaml", PATH, bytes);
        assertThat(required.isValid()).isFalse();
        assertThat(required.diagnostics())
                .singleElement()
                .satisfies(d -> assertThat(d.message()).isEqualTo("the spec has no 'command'"))
                .satisfies(d -> assertThat(d.severity()).isEqualTo(Severity.ERROR));
        ReadResult optional = new SpecReader(ReadOptions.DEFAULT).read("box.yaml", PATH, bytes);
        assertThat(optional.isValid()).isTrue();
        assertThat(optional.diagnostics())
                .singleElement()
                .satisfies(d -> assertThat(d.severity()).isEqualTo(Severity.WARNING));
    }

    @Test
    void everyPartHasItsPlace() {
        LoadedSpec loaded = load("""
                # a comment
                namespaces: [user,
                  pid]
                uid_map:
                  - {inside: 0, outside: 1}
                environment:
                  A: 1
                  "B": 2
                command:
                  - sh
                """);
        assertThat(loaded.origins().key("namespaces").orElseThrow().location()).isEqualTo("box.yaml:2:1");
        assertThat(loaded.origins().value("namespaces[1]").orElseThrow().location())
                .isEqualTo("box.yaml:3:3");
        assertThat(loaded.origins().value("uid_map[0].outside").orElseThrow().location())
                .isEqualTo("box.yaml:5:26");
        assertThat(loaded.origins().key("environment.A").orElseThrow().location())
                .isEqualTo("box.yaml:7:3");
        assertThat(loaded.origins().key("environment.B").orElseThrow().length()).isEqualTo(3);
        assertThat(loaded.origins().key("command[0]").orElseThrow().text()).isEqualTo("  - sh");
        assertThat(loaded.file()).isEqualTo("box.yaml");
    }

    @Test
    void theBytesThatWereReadAreTheInput() {
        String text = "\ufeffnamespaces: []\r\n";
        assertThat(load(text).inputs())
                .containsExactly(new InputFile("/specs/box.yaml", text.getBytes(StandardCharsets.UTF_8)));
    }
}
