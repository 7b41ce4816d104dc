package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.cli.CompileRequest.Purpose;
import io.nsbox.cli.PlanCommand.Detail;
import io.nsbox.cli.PlanCommand.Format;
import io.nsbox.plan.SandboxProcess;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLinesTest {
    private static final byte[] IMAGE = {0x7f, 'E', 'L', 'F'};

    private final Captured captured = new Captured();
    private final List<Object> asked = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    ""                          | 2   | a command is missing
                    paln                        | 2   | unknown command 'paln'; did you mean 'plan'?
                    frobnicate                  | 2   | unknown command 'frobnicate'
                    --verison                   | 2   | unknown option '--verison'; did you mean '--version'?
                    up                          | 125 | missing required parameter: 'FILE'
                    up --nmae                   | 125 | unknown option '--nmae'; did you mean '--name'?
                    up -box.yaml                | 125 | unknown option '-box.yaml'
                    exec                        | 125 | missing required parameter: 'NAME'
                    exec box                    | 125 | exec needs a command, as in: nsbox exec box -- sh
                    plan --version              | 2   | unknown option '--version'
                    up --nmae x box.yaml        | 125 | unknown option '--nmae'; did you mean '--name'?
                    up --set hostname box.yaml  | 125 | --set takes KEY=VALUE, as in --set hostname=blue, and not 'hostname'
                    up --name a/b box.yaml      | 125 | --name takes a letter or digit, then up to 62 letters, digits, '_', '.' or '-', and not 'a/b'
                    up box.yaml sh -- -c        | 125 | 'sh' is one argument too many; the words of a command go after --, as in: nsbox up box.yaml -- sh
                    plan --format xml box.yaml  | 2   | invalid value for option '--format': it is text or json, not 'xml'
                    plan box.yaml other.yaml    | 2   | one argument too many: 'other.yaml'
                    build box.yaml              | 2   | missing required option: '--output=OUT'
                    build box.yaml -o x --arch arm | 2 | invalid value for option '--arch': it is x86_64 or aarch64, not 'arm'
                    export oic                  | 2   | unknown command 'oic'; did you mean 'oci'?
                    export oci box.yaml         | 2   | missing required option: '--output=DIR'
                    cache claer                 | 2   | unknown command 'claer'; did you mean 'clear'?
                    completion fish             | 2   | invalid value for positional parameter at index 0 (SHELL): it is bash or zsh, not 'fish'
                    """)
    void wrongUsageSaysWhatIsWrongAndHowItGoes(String line, int status, String message) {
        assertThat(run(words(line))).isEqualTo(status);

        assertThat(err().lines().findFirst()).contains("nsbox: error: " + message);
        assertThat(err()).contains("Usage: nsbox").doesNotContain("Exception");
        assertThat(out()).isEmpty();
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "exec"})
    void aCommandWhoseFirstWordIsEmptyIsWrongUsage(String command) {
        assertThat(run(command, "box", "--", "")).isEqualTo(125);

        assertThat(err().lines().findFirst())
                .contains("nsbox: error: the first word of a command names a program, and this is empty");
        assertThat(asked).isEmpty();
    }

    @Test
    void aBareUpGoesToTheCompilerAndThenToTheLaunch() {
        assertThat(run("up", "box.yaml")).isEqualTo(42);

        assertThat(asked)
                .containsExactly(CompileRequest.plain("box.yaml"), "launch " + CompileRequest.plain("box.yaml"));
    }

    @Test
    void upTakesItsOptionsAndTheWordsOfACommand() {
        run(
                "up",
                "--name",
                "blue",
                "--set",
                "hostname=a=b",
                "--set=timeout=1s",
                "box.yaml",
                "--",
                "sh",
                "-c",
                "--",
                "");

        assertThat(asked)
                .first()
                .isEqualTo(new CompileRequest(
                        "box.yaml",
                        "blue",
                        List.of("hostname=a=b", "timeout=1s"),
                        List.of("sh", "-c", "--", ""),
                        Purpose.RUN,
                        new Registering(new Sandboxes(temp.resolve("run")), false, ""),
                        Set.of()));
    }

    @Test
    void aDryRunPlansAndDoesNotLaunch() {
        assertThat(run("up", "--dry-run", "box.yaml", "--", "id")).isZero();

        assertThat(asked)
                .containsExactly(
                        new CompileRequest("box.yaml", null, List.of(), List.of("id"), Purpose.SHOW),
                        new PlanCommand.View(Detail.STEPS, Format.TEXT, false));
    }

    @Test
    void planTakesItsOptionsInAnyCase() {
        assertThat(run("plan", "--syscalls", "--missing", "--format", "JSON", "box.yaml"))
                .isZero();

        assertThat(asked)
                .containsExactly(
                        new CompileRequest("box.yaml", null, List.of(), null, Purpose.SHOW),
                        new PlanCommand.View(Detail.SYSCALLS, Format.JSON, true));
    }

    @Test
    void anInvalidSpecIs125ForUpAnd1ForTheOthers() {
        assertThat(run("up", "invalid.yaml")).isEqualTo(125);
        assertThat(run("up", "--name=x", "invalid.yaml")).isEqualTo(125);
        assertThat(run("up", "--dry-run", "invalid.yaml")).isEqualTo(125);
        assertThat(run("plan", "invalid.yaml")).isEqualTo(1);
        assertThat(run("build", "invalid.yaml", "-o", "x")).isEqualTo(1);
        assertThat(asked).noneMatch(part -> part.toString().startsWith("launch"));
    }

    @Test
    void buildWritesAnExecutable() throws Exception {
        assertThat(run("build", "box.yaml", "-o", "box", "--arch", "aarch64")).isZero();

        assertThat(temp.resolve("box")).hasBinaryContent(IMAGE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("box"))))
                .isEqualTo("rwxr-xr-x");
        assertThat(asked).contains(Compiler.Architecture.AARCH64);
    }

    @Test
    void buildWritesIntoDevicesAndThroughLinksAndReplacesNeither() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("box"));
        Path device = Files.createSymbolicLink(temp.resolve("null"), Path.of("/dev/null"));
        Files.writeString(temp.resolve("box"), "older");

        assertThat(run("build", "box.yaml", "-o", "link")).isZero();
        assertThat(run("build", "box.yaml", "-o", "null")).isZero();

        assertThat(link).isSymbolicLink().hasBinaryContent(IMAGE);
        assertThat(device).isSymbolicLink();
        assertThat(Files.isRegularFile(device)).isFalse();
    }

    @Test
    void buildSaysWhyItCannotWrite() throws Exception {
        Files.createDirectory(temp.resolve("folder"));

        assertThat(run("build", "box.yaml", "-o", "nowhere/box")).isEqualTo(1);
        assertThat(run("build", "box.yaml", "-o", "folder")).isEqualTo(1);
        assertThat(run("build", "box.yaml", "-o", "")).isEqualTo(1);

        assertThat(err()).isEqualTo("""
                        nsbox: error: cannot write nowhere/box: no such folder
                        nsbox: error: cannot write folder: it is a folder; give the name of a file
                        nsbox: error: cannot write '': the name is empty
                        """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"up", "plan", "build", "export", "export oci", "doctor", "cache", "cache clear", "completion"})
    void everyCommandExplainsItself(String command) {
        assertThat(run(words(command + " --help"))).isZero();

        assertThat(out()).contains("Usage: nsbox " + command);
        assertThat(err()).isEmpty();
    }

    @Test
    void theVersionIsANumberAndNotAPlaceholder() {
        assertThat(run("--version")).isZero();

        assertThat(out()).matches("nsbox \\d+\\.\\d+\\.\\d+\\R");
    }

    @ParameterizedTest
    @CsvSource({"up broken.yaml, 125", "up --name=x broken.yaml, 125", "plan broken.yaml, 2"})
    void aDefectOfNsboxIsOneLine(String line, int status) {
        assertThat(run(words(line))).isEqualTo(status);

        assertThat(err())
                .isEqualTo("nsbox: internal error: java.lang.IllegalStateException: a defect; "
                        + "NSBOX_DEBUG=1 in the environment shows where\n");
    }

    @Test
    void aDefectShowsItsTraceOnWish() {
        environment.put("NSBOX_DEBUG", "1");

        run("up", "broken.yaml");

        assertThat(err())
                .startsWith("nsbox: internal error: java.lang.IllegalStateException: a defect\n")
                .contains("\tat io.nsbox.cli.");
    }

    @Test
    void theCacheIsShownAndCleared() throws Exception {
        Path image = temp.resolve("nsbox/once/x.image");
        Files.createDirectories(image.getParent());
        Files.createFile(image);
        Path account = temp.resolve("nsbox/run/box/lock");
        Files.createDirectories(account.getParent());
        Files.createFile(account);

        assertThat(run("cache", "path")).isZero();
        assertThat(run("cache", "clear")).isZero();

        assertThat(out()).isEqualTo(temp + "/nsbox\n");
        assertThat(image.getParent()).doesNotExist();
        assertThat(account).exists();
    }

    private static String[] words(String line) {
        return line.isEmpty() ? new String[0] : line.split(" +");
    }

    private int run(String... arguments) {
        Console console = captured.console(environment, temp, false);
        Launch launch = (image, request) -> {
            assertThat(image).isEqualTo(IMAGE);
            asked.add("launch " + request);
            return 42;
        };
        return Main.run(
                console,
                new Recorder(),
                launch,
                new CacheFolder(temp.resolve("nsbox")),
                new StateFolder(temp.resolve("run"), false),
                arguments);
    }

    private String out() {
        return captured.out();
    }

    private String err() {
        return captured.err();
    }

    /** Keeps what it was asked; a file's name says what becomes of it. */
    private final class Recorder implements Compiler {
        @Override
        public Optional<byte[]> compile(CompileRequest request, @Nullable Architecture architecture, Console console) {
            if (fails(request)) {
                return Optional.empty();
            }
            asked.add(request);
            if (architecture != null) {
                asked.add(architecture);
            }
            return Optional.of(IMAGE);
        }

        @Override
        public boolean plan(CompileRequest request, PlanCommand.View view, Console console) {
            if (fails(request)) {
                return false;
            }
            asked.addAll(List.of(request, view));
            return true;
        }

        @Override
        public Optional<byte[]> entry(
                CompileRequest request,
                Sandbox sandbox,
                Registering.Description description,
                SandboxProcess process,
                boolean atTerminal,
                Console console) {
            asked.addAll(List.of(request, process));
            return Optional.of(IMAGE);
        }

        private boolean fails(CompileRequest request) {
            if (request.file().equals("broken.yaml")) {
                throw new IllegalStateException("a defect");
            }
            return request.file().equals("invalid.yaml");
        }
    }
}
