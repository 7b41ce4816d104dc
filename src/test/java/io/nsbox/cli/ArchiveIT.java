package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Commands;
import io.nsbox.testing.Commands.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive that is handed out: complete, and at work where it is unpacked. */
class ArchiveIT {
    @TempDir
    Path temp;

    private Path unpacked;

    @BeforeEach
    void unpack() {
        Path archive =
                Path.of("target", "nsbox-" + Version.number() + ".tar.gz").toAbsolutePath();
        assertThat(Commands.run(Map.of(), temp, "tar", "xzf", archive.toString())
                        .status())
                .isZero();
        unpacked = temp.resolve("nsbox-" + Version.number());
    }

    @Test
    void everythingIsInIt() throws IOException {
        try (Stream<Path> files = Files.walk(unpacked)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> unpacked.relativize(file).toString()))
                    .contains(
                            "LICENSE",
                            "README.md",
                            "bin/nsbox",
                            "lib/build-id",
                            "lib/nsbox.jar",
                            "schema/nsbox.schema.json",
                            "share/bash-completion/completions/nsbox",
                            "share/man/man1/nsbox.1",
                            "share/zsh/site-functions/_nsbox",
                            "specs/pid-mount.yaml")
                    .noneMatch(name -> name.endsWith(".java") || name.contains("original"));
        }
    }

    @Test
    void noLinkOfItsPagesLeadsToNothing() throws IOException {
        Pattern link = Pattern.compile("]\\(([^)#:\\s]+)(#[^)]*)?\\)");
        try (Stream<Path> pages =
                Files.walk(unpacked).filter(file -> file.toString().endsWith(".md"))) {
            for (Path page : pages.toList()) {
                assertThat(link.matcher(Files.readString(page))
                                .results()
                                .map(found -> page.resolveSibling(found.group(1))))
                        .as(page.toString())
                        .allMatch(Files::exists);
            }
        }
    }

    @Test
    void itWorksWhereItIsUnpacked() {
        Result version = nsbox("--version");
        Result specs = nsbox("validate", "specs");

        assertThat(version).isEqualTo(new Result(0, "nsbox " + Version.number() + "\n", ""));
        assertThat(specs.status()).as(specs.err()).isZero();
    }

    @Test
    void itIsInstalledFromWhereItIsUnpacked() throws IOException {
        Path bin = Files.createDirectory(temp.toRealPath().resolve("bin"));

        Result installed = nsbox("install", bin.toString());
        Result version = Commands.run(bin.resolve("nsbox").toString(), "--version");

        assertThat(installed.out())
                .isEqualTo("installed " + bin + "/nsbox, which runs " + unpacked.toRealPath() + "/bin/nsbox\n");
        assertThat(version).isEqualTo(new Result(0, "nsbox " + Version.number() + "\n", ""));
    }

    @Test
    void theBuildIdentityIsTheJars() throws IOException {
        String digest = Commands.run(
                        "sha256sum", unpacked.resolve("lib/nsbox.jar").toString())
                .out();

        assertThat(Files.readString(unpacked.resolve("lib/build-id"))).isEqualTo(digest.substring(0, 64) + "\n");
    }

    @Test
    void bashTakesItsCompletions() {
        Result result = Commands.run(
                Map.of(),
                unpacked,
                "bash",
                "-c",
                "source share/bash-completion/completions/nsbox && COMP_WORDS=(nsbox pl) COMP_CWORD=1 COMP_LINE='nsbox pl'"
                        + " && _nsbox_complete nsbox pl nsbox && echo \"${COMPREPLY[@]}\"");

        assertThat(result).isEqualTo(new Result(0, "plan\n", ""));
    }

    private Result nsbox(String... words) {
        String[] line = Stream.concat(Stream.of("bin/nsbox"), Stream.of(words)).toArray(String[]::new);
        return Commands.run(Map.of("XDG_CACHE_HOME", temp.resolve("cache").toString()), unpacked, line);
    }
}
