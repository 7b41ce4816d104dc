package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InstallCommandTest {
    private static final String CONTENT = "#!/bin/sh\n";

    @TempDir
    Path temp;

    private final Captured captured = new Captured();
    private final Map<String, String> environment = new HashMap<>();
    private Path script = Path.of("");
    private Path folder = Path.of("");

    @BeforeEach
    void anInstallation() throws IOException {
        temp = temp.toRealPath();
        script = Files.createDirectories(temp.resolve("opt/bin")).resolve("nsbox");
        Files.writeString(script, CONTENT);
        folder = Files.createDirectory(temp.resolve("here"));
        environment.put("PATH", "/usr/bin:" + folder);
    }

    @Test
    void theProgramIsWrittenForEverybodyToExecute() throws IOException {
        assertThat(run(script.toString(), "here")).isZero();

        assertThat(captured.out()).isEqualTo("installed " + folder + "/nsbox, which runs " + script + "\n");
        assertThat(captured.err()).isEqualTo("");
        byte[] written = Files.readAllBytes(folder.resolve("nsbox"));
        assertThat(new String(written, StandardCharsets.ISO_8859_1))
                .startsWith("\177ELF")
                .contains(script + "\0");
        assertThat(written.length).isLessThan(4096);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("nsbox"))))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void anInstalledProgramIsReplacedAndALinkToThisNsboxToo() throws IOException {
        assertThat(run(script.toString(), "here")).isZero();
        assertThat(run("opt/bin/nsbox", "here")).isZero();
        Files.delete(folder.resolve("nsbox"));
        Files.createSymbolicLink(folder.resolve("nsbox"), script);

        assertThat(run(folder.resolve("nsbox").toString(), "here")).isZero();

        assertThat(Files.isRegularFile(folder.resolve("nsbox"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(Files.readString(script)).isEqualTo(CONTENT);
        assertThat(captured.err()).isEqualTo("");
    }

    @Test
    void whatIsNotItsOwnStaysUnlessItIsForced() throws IOException {
        Path there = folder.resolve("nsbox");
        for (String foreign : new String[] {"", "#!/bin/sh\n# run 'bin/nsbox install'\n", "\177ELF and more"}) {
            Files.writeString(there, foreign);

            assertThat(run(script.toString(), "here")).isEqualTo(1);

            assertThat(said())
                    .isEqualTo("nsbox: error: " + there
                            + " is there, and 'nsbox install' did not write it; -f replaces it\n");
            assertThat(Files.readString(there)).isEqualTo(foreign);
        }
        assertThat(run(script.toString(), "-f", "here")).isZero();
        assertThat(Files.readAllBytes(there)).startsWith(0x7f, 'E', 'L', 'F');
    }

    @Test
    void aLinkToSomethingElseGivesWayOnlyByForceAndNotWhatItLeadsTo() throws IOException {
        Path other = Files.writeString(temp.resolve("other"), "precious");
        Path there = Files.createSymbolicLink(folder.resolve("nsbox"), other);

        assertThat(run(script.toString(), "here")).isEqualTo(1);
        assertThat(said())
                .isEqualTo(
                        "nsbox: error: " + there + " is there, and 'nsbox install' did not write it; -f replaces it\n");
        assertThat(run(script.toString(), "--force", "here")).isZero();

        assertThat(Files.isSymbolicLink(there)).isFalse();
        assertThat(Files.readString(other)).isEqualTo("precious");
    }

    @Test
    void nsboxItselfIsNeverReplaced() throws IOException {
        assertThat(run(script.toString(), "-f", "opt/bin")).isEqualTo(1);

        assertThat(said()).isEqualTo("nsbox: error: " + script + " is nsbox itself; name another folder\n");
        assertThat(Files.readString(script)).isEqualTo(CONTENT);
    }

    @Test
    void whyItCannotBeWrittenIsSaid() throws IOException {
        Files.createDirectory(folder.resolve("nsbox"));
        Files.writeString(temp.resolve("file"), "");

        assertThat(run(script.toString(), "-f", "here")).isEqualTo(1);
        assertThat(said()).isEqualTo("nsbox: error: " + folder + "/nsbox is a folder; name another place\n");
        assertThat(run(script.toString(), "missing")).isEqualTo(1);
        assertThat(said()).isEqualTo("nsbox: error: cannot write " + temp + "/missing/nsbox: no such folder\n");
        assertThat(run(script.toString(), "file")).isEqualTo(1);
        assertThat(said()).isEqualTo("nsbox: error: cannot write " + temp + "/file/nsbox: Not a directory\n");
        assertThat(run(null, "here")).isEqualTo(1);
        assertThat(said()).isEqualTo("nsbox: error: cannot install an nsbox that bin/nsbox did not start\n");
    }

    @Test
    void withoutAFolderItGoesBelowHome() {
        assertThat(run(script.toString())).isEqualTo(1);
        assertThat(said())
                .isEqualTo("nsbox: error: there is no folder to install into: HOME holds no absolute path; name one\n");
        environment.put("HOME", temp.resolve("home").toString());

        assertThat(run(script.toString())).isZero();

        assertThat(temp.resolve("home/.local/bin/nsbox")).isExecutable();
        assertThat(said())
                .isEqualTo("nsbox: note: " + temp
                        + "/home/.local/bin is not on the PATH, where a shell looks for nsbox; add it there\n");
    }

    @Test
    void anotherNsboxThatComesFirstOnThePathIsNamed() throws IOException {
        Path earlier = Files.createDirectory(temp.resolve("earlier")).resolve("nsbox");
        Files.writeString(earlier, CONTENT);
        Files.setPosixFilePermissions(earlier, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment.put("PATH", "relative:" + earlier.getParent() + ":" + folder);

        assertThat(run(script.toString(), "here")).isZero();

        assertThat(said()).isEqualTo("nsbox: note: " + earlier + " comes before it on the PATH\n");
    }

    private int run(@Nullable String started, String... arguments) {
        Console console = captured.console(environment, temp, false);
        return new CommandLine(new InstallCommand(console, new Installation(started, false))).execute(arguments);
    }

    private String said() {
        String said = captured.err();
        captured.reset();
        return said;
    }
}
