package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A warm start is the same run as a cold one, and no change goes unseen, whatever the file times say. */
class CacheIT {
    private static final String SPEC = "namespaces: [user]\ncommand: [echo, one]\n";

    /** Runs {@code nsbox up}, and tells by the programs that were executed whether Java compiled the spec. */
    private record Start(Running.Result result, boolean compiled) {
        static Start of(Workshop workshop, Object spec) {
            return of(workshop, workshop.nsbox(), spec, Map.of());
        }

        static Start of(Workshop workshop, String nsbox, Object spec, Map<String, String> environment) {
            Requirements.requireProgram("strace");
            Path log = workshop.file("log", "");
            Running.Result result = workshop.start(
                            environment, "strace", "-f", "-o", log, "-e", "trace=execve", nsbox, "up", spec)
                    .finish();
            boolean compiled = StraceLog.read(log).processes().stream()
                    .flatMap(process -> StraceLog.read(log).of(process).stream())
                    .anyMatch(call -> call.text().contains("/bin/java\""));
            return new Start(result, compiled);
        }
    }

    private static Running.Result said(String text) {
        return new Running.Result(0, text + "\n", "");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aWarmStartIsTheSameRun(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file(
                    "box.yaml",
                    "namespaces: [user, uts]\nuid_map: root\nhostname: h\ninherit_env: true\n"
                            + "command: [sh, -c, 'id -u; hostname; pwd; umask; env | sort; ulimit -n; echo no >&2; exit 6']\n");
            Start cold = Start.of(workshop, spec);
            Start warm = Start.of(workshop, spec);
            assertThat(cold.compiled()).isTrue();
            assertThat(warm.compiled()).isFalse();
            assertThat(cold.result().status()).isEqualTo(6);
            assertThat(warm.result()).isEqualTo(cold.result());
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aChangeIsSeenThoughTheTimeAndTheSizeAreTheSame(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", SPEC);
            assertThat(Start.of(workshop, spec).result()).isEqualTo(said("one"));
            FileTime time = Files.getLastModifiedTime(spec);
            Files.writeString(spec, SPEC.replace("one", "two"));
            Files.setLastModifiedTime(spec, time);
            assertThat(Start.of(workshop, spec)).isEqualTo(new Start(said("two"), true));
            assertThat(Start.of(workshop, spec)).isEqualTo(new Start(said("two"), false));

            Path other = workshop.file("other.yaml", SPEC);
            Files.setLastModifiedTime(other, time);
            Files.move(other, spec, StandardCopyOption.REPLACE_EXISTING);
            assertThat(Start.of(workshop, spec)).isEqualTo(new Start(said("one"), true));

            Files.writeString(spec, SPEC + "# longer\n");
            assertThat(Start.of(workshop, spec)).isEqualTo(new Start(said("one"), true));
            Files.writeString(spec, "");
            assertThat(Start.of(workshop, spec).result().status()).isEqualTo(125);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSymbolicLinkIsReadAnewEachTime(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path one = workshop.file("one.yaml", SPEC);
            Path two = workshop.file("two.yaml", SPEC.replace("one", "two"));
            Path link = workshop.folder().resolve("box.yaml");
            Files.createSymbolicLink(link, one);
            assertThat(Start.of(workshop, link).result()).isEqualTo(said("one"));
            Files.delete(link);
            Files.createSymbolicLink(link, two);
            assertThat(Start.of(workshop, link)).isEqualTo(new Start(said("two"), true));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theCallersVariablesAreThoseOfTheRun(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", "namespaces: [user]\ncommand: [sh, -c, 'echo $HOME']\n");
            assertThat(Start.of(workshop, spec).result()).isEqualTo(said(workshop.folder() + "/home"));
            Start moved = Start.of(workshop, workshop.nsbox(), spec, Map.of("HOME", "/else/where"));
            assertThat(moved.result()).isEqualTo(said("/else/where"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSpecThatBecomesSomethingElseIsAnErrorAndNeverAStaleRun(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", SPEC);
            assertThat(Start.of(workshop, spec).result()).isEqualTo(said("one"));
            if (identity == Identity.USER) {
                Files.setPosixFilePermissions(spec, PosixFilePermissions.fromString("---------"));
                refused(workshop, spec);
            }
            Files.delete(spec);
            refused(workshop, spec);
            Files.createDirectory(spec);
            refused(workshop, spec);
            Files.delete(spec);
            workshop.run("mkfifo", spec);
            refused(workshop, spec);
        }
    }

    /** As a full disk, a crash or a careless hand would leave it. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aDamagedImageIsCompiledAnew(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", SPEC);
            Start.of(workshop, spec);
            Path image = Path.of(workshop.cache() + "/images" + spec + ".image");
            byte[] right = Files.readAllBytes(image);
            byte[] garbage = new byte[right.length];
            java.util.Arrays.fill(garbage, (byte) 'x');
            for (byte[] damaged : List.of(
                    new byte[0],
                    java.util.Arrays.copyOf(right, 100),
                    java.util.Arrays.copyOf(right, 2000),
                    java.util.Arrays.copyOf(right, right.length - 1),
                    garbage,
                    "echo no\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
                Files.write(image, damaged);
                Start mended = Start.of(workshop, spec);
                assertThat(mended.result()).as(damaged.length + " bytes").isEqualTo(said("one"));
                assertThat(mended.compiled()).isTrue();
                assertThat(Files.readAllBytes(image)).isEqualTo(right);
                assertThat(Start.of(workshop, spec).compiled()).isFalse();
            }
        }
    }

    private static void refused(Workshop workshop, Path spec) {
        Running.Result result = Start.of(workshop, spec).result();
        assertThat(result.status()).as(result.toString()).isEqualTo(125);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("error: ").contains("box.yaml");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anotherBuildOfNsboxMakesImagesStale(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", SPEC);
            Path bin = Files.createDirectories(workshop.folder().resolve("own/bin"));
            Path lib = Files.createDirectories(workshop.folder().resolve("own/lib"));
            Files.copy(Workshop.PROJECT.resolve("bin/nsbox"), bin.resolve("nsbox"), StandardCopyOption.COPY_ATTRIBUTES);
            Files.copy(Workshop.PROJECT.resolve("target/nsbox.jar"), lib.resolve("nsbox.jar"));
            Files.writeString(lib.resolve("build-id"), "one build\n");
            String nsbox = bin.resolve("nsbox").toString();
            assertThat(Start.of(workshop, nsbox, spec, Map.of())).isEqualTo(new Start(said("one"), true));
            assertThat(Start.of(workshop, nsbox, spec, Map.of())).isEqualTo(new Start(said("one"), false));
            Files.writeString(lib.resolve("build-id"), "two build\n");
            assertThat(Start.of(workshop, nsbox, spec, Map.of())).isEqualTo(new Start(said("one"), true));
        }
    }
}
