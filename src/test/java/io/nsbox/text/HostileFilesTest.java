package io.nsbox.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is too large to be committed, and what is no file at all. Every answer comes well before anybody loses patience. */
class HostileFilesTest {
    /** Two seconds are what hostile input may take, with room for a busy machine; an endless loop is what this must catch. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    static Stream<Arguments> largeTexts() {
        String head = "namespaces: [uts]\ncommand: sh\n";
        String bomb = "x-a: &a [" + "z,".repeat(9) + "z]\n"
                + IntStream.range(1, 9)
                        .mapToObj(i -> "x-" + (char) ('a' + i) + ": &" + (char) ('a' + i) + " ["
                                + ("*" + (char) ('a' + i - 1) + ",").repeat(9) + "*" + (char) ('a' + i - 1) + "]\n")
                        .reduce("", String::concat);
        String merges = "x-a: &a {"
                + IntStream.range(0, 1000).mapToObj(i -> "k" + i + ": 1,").collect(Collectors.joining()) + "}\n"
                + "x-b: {<<: [" + "*a,".repeat(1000) + "]}\n";
        return Stream.of(
                Arguments.of(
                        "aliases of aliases",
                        bomb + head,
                        "5:19: error: the document comes to more than 50000 values, with every alias written out"),
                Arguments.of(
                        "merges of merges",
                        merges + head,
                        "2:81: error: the document comes to more than 50000 values, with every alias written out"),
                Arguments.of(
                        "ten megabytes",
                        head + "#".repeat(10 << 20),
                        " error: the file is larger than 1048576 bytes, the most that a spec may have"),
                Arguments.of(
                        "lists in lists",
                        head + "x-a: " + "[".repeat(10_000),
                        "3:69: error: lists and maps are nested deeper than 64 levels"),
                Arguments.of(
                        "maps in maps",
                        head + "x-a: " + "{a: ".repeat(10_000),
                        "3:258: error: lists and maps are nested deeper than 64 levels"),
                Arguments.of(
                        "dashes",
                        head + "x-a:\n " + "- ".repeat(10_000),
                        "4:128: error: lists and maps are nested deeper than 64 levels"),
                Arguments.of(
                        "question marks",
                        head + "x-a:\n " + "? ".repeat(10_000),
                        "4:128: error: lists and maps are nested deeper than 64 levels"),
                Arguments.of(
                        "many values",
                        head + "x-a: [" + "a,".repeat(300_000) + "]",
                        "3:99991: error: the document comes to more than 50000 values, with every alias written out"),
                Arguments.of(
                        "many mounts",
                        head.replace("uts", "mount") + "mounts: [" + "a:/b,".repeat(1025) + "]",
                        "3:9: error: 'mounts' has 1025 entries"),
                Arguments.of(
                        "many ports",
                        head + "landlock: {tcp_bind: [" + "1,".repeat(4097) + "]}",
                        "3:22: error: 'landlock.tcp_bind' has 4097 entries"),
                Arguments.of(
                        "many kernel parameters",
                        head + "sysctls: {"
                                + IntStream.range(0, 1025)
                                        .mapToObj(i -> "net.k" + i + ": 1,")
                                        .collect(Collectors.joining())
                                + "}",
                        "3:10: error: 'sysctls' has 1025 entries"),
                Arguments.of(
                        "many names",
                        head + "inherit_env: [" + "A,".repeat(4097) + "]",
                        "3:14: error: 'inherit_env' has 4097 entries"),
                Arguments.of(
                        "many processors",
                        head + "cpuset: " + "0,".repeat(400_000) + "0",
                        "3:9: error: '" + "0,".repeat(38) + "0...' is not a list of processors"),
                Arguments.of(
                        "a long word",
                        head + "hostname: " + "a".repeat(1_000_000),
                        "3:11: error: 'hostname' is too long: 1000000 bytes"),
                Arguments.of(
                        "a long host name",
                        head + "hostname: " + "a.".repeat(500_000) + "a",
                        "3:11: error: 'hostname' is too long: 1000001 bytes"),
                Arguments.of(
                        "a long key",
                        head + "k".repeat(1000) + ": 1",
                        "3:1: error: unknown key 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk...'"),
                Arguments.of(
                        "a long number",
                        head + "version: " + "9".repeat(1_000_000),
                        "3:10: error: version 99999999999999999999"),
                Arguments.of(
                        "a long duration",
                        head + "timeout: " + "9".repeat(1_000_000) + "s",
                        "3:10: error: '99999999999999999999999999999999999999999999999999999999999999999999999999999...' is not a duration"),
                Arguments.of(
                        "a long quote",
                        head + "hostname: \"" + "a ".repeat(500_000),
                        "3:11: error: this quote is never closed"),
                Arguments.of(
                        "spaces", head + " ".repeat(1_000_000) + "x: 1", "3:1000002: error: a ':' cannot stand here"),
                Arguments.of(
                        "letters beyond the basic plane",
                        head + "hostname: " + "\ud83d\ude00".repeat(200_000),
                        "3:11: error: 'hostname' is too long: 800000 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("largeTexts")
    void aLargeTextIsRefusedWithItsReason(String what, String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("box.yaml"), text);
        String said = read(file);
        assertThat(said).startsWith("box.yaml:" + message).endsWith(" in box.yaml\n");
    }

    @Test
    void manyProblemsAreCutShort() throws IOException {
        Path file =
                Files.writeString(folder.resolve("box.yaml"), "namespaces: [" + "q,".repeat(5000) + "]\ncommand: sh\n");
        ReadResult result = new SpecReader(ReadOptions.DEFAULT).read("box.yaml", file);
        assertThat(result.diagnostics()).hasSize(1001);
        assertThat(result.diagnostics().get(1000).message())
                .isEqualTo("4000 more problems are not shown; mend these first");
    }

    @Test
    void manyUnknownKeysAreCutShort() throws IOException {
        String keys =
                IntStream.range(0, 20_000).mapToObj(i -> "k" + i + ": 1\n").collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("box.yaml"), "namespaces: [uts]\n" + keys);
        assertThat(read(file)).endsWith("""
                box.yaml: note: 19001 more problems are not shown; mend these first
                1000 errors in box.yaml
                """);
    }

    @Test
    void aLongLineBeyondTheBasicPlaneIsReadInOneGo() throws IOException {
        String line = "namespaces: [" + "\ud83d\ude00,".repeat(40_000) + "]\ncommand: sh\n";
        Path file = Files.writeString(folder.resolve("box.yaml"), line);
        assertThat(read(file)).startsWith("box.yaml:1:14: error: unknown namespace '\ud83d\ude00'\n");
    }

    @Test
    void anyBytesGetAnAnswer() throws IOException {
        // A fixed seed: the same bytes each time.
        java.util.Random random = new java.util.Random(20260101);
        String alphabet = "[]{}:,-?&*!|>'\"%@`#~ \n\t\0<=ab1.${}\u00e4\ud83d\ude00namespaces: [uts]\nhostname: ";
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(60);
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (random.nextBoolean() && bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ReadResult result = new SpecReader(new ReadOptions(List.of(text.toString()), List.of(), true))
                    .read("box.yaml", folder.resolve("box.yaml"), bytes);
            assertThat(new TextRenderer(Style.PLAIN).render(result.diagnostics()))
                    .isNotNull();
            assertThat(result.isValid())
                    .isNotEqualTo(result.diagnostics().stream().anyMatch(d -> d.isError()));
        }
    }

    @Test
    void aFolderIsNoSpec() {
        assertThat(read(folder)).isEqualTo("""
                box.yaml: error: this is a folder, not a spec file
                   = help: name a spec file in it; `nsbox validate` also takes folders
                1 error in box.yaml
                """);
    }

    @Test
    void aNamedPipeIsNoSpecAndNobodyWaitsForIt() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(read(pipe)).startsWith("box.yaml: error: this is a named pipe, not a spec file\n");
    }

    @Test
    void anEndlessDeviceIsNoSpec() {
        assertThat(read(Path.of("/dev/zero")))
                .startsWith("box.yaml: error: this is a character device, not a spec file\n");
    }

    @Test
    void aMissingFileIsSaidToBeMissingAndANearNameIsOffered() throws IOException {
        Files.writeString(folder.resolve("uts.yaml"), "namespaces: []\n");
        assertThat(read(folder.resolve("utz.yaml"))).isEqualTo("""
                box.yaml: error: no such file
                   = help: did you mean 'uts.yaml'?
                1 error in box.yaml
                """);
        assertThat(read(folder.resolve("uts"))).contains("did you mean 'uts.yaml'?");
        assertThat(read(folder.resolve("quite-another")))
                .isEqualTo("box.yaml: error: no such file\n1 error in box.yaml\n");
        assertThat(read(folder.resolve("no/folder"))).isEqualTo("box.yaml: error: no such file\n1 error in box.yaml\n");
    }

    @Test
    void aLoopOfLinksIsSaidToBeOne() throws IOException {
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        assertThat(read(loop))
                .startsWith("box.yaml: error: the file cannot be read: Too many levels of symbolic links");
    }

    @Test
    void aFileBelowAFileIsSaidToBeNone() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(read(file.resolve("box.yaml")))
                .startsWith("box.yaml: error: the file cannot be read: Not a directory");
    }

    @Test
    void aFileThatMayNotBeReadIsSaidToBeOne() {
        // The superuser reads every file, so the kernel's answer is given here by hand.
        Diagnostic refused =
                SpecFile.unreadable("box.yaml", folder.resolve("box.yaml"), new AccessDeniedException("box.yaml"));
        assertThat(new TextRenderer(Style.PLAIN).render(refused)).isEqualTo("""
                box.yaml: error: permission denied
                   = help: the caller must be able to read the file
                """);
    }

    @Test
    void aFileThatBreaksOffIsSaidToBeUnreadable() {
        assertThat(read(Path.of("/proc/self/mem")))
                .startsWith("box.yaml: error: the file cannot be read: Input/output error\n");
    }

    private static String read(Path file) {
        return org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(PATIENCE, () -> {
            ReadResult result = new SpecReader(ReadOptions.DEFAULT).read("box.yaml", file);
            assertThat(result.isValid()).isFalse();
            return new TextRenderer(Style.PLAIN).render(result.diagnostics());
        });
    }
}
