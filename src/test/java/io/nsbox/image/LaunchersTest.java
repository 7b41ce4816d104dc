package io.nsbox.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Lowering;
import io.nsbox.plan.Planner;
import io.nsbox.program.Arch;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The executables that the specs of this repository become. */
class LaunchersTest {
    private static final int LARGEST = 16 * 1024;

    /** Of the spec that asks for everything. */
    private static final int LARGEST_OF_ALL = 20 * 1024;

    @TempDir
    Path folder;

    static List<Path> specs() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("specs"))) {
            return Stream.concat(files.filter(Files::isRegularFile), Stream.of(Path.of("src/bench/bench.yaml")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void aLauncherHasAtMost16KiBAndTheOneOfEverything20(Path spec) {
        for (Arch arch : Arch.values()) {
            assertThat(launcher(spec, arch).length)
                    .isLessThanOrEqualTo(spec.endsWith("all.yaml") ? LARGEST_OF_ALL : LARGEST);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void theSameSpecGivesTheSameBytesWhereverItLies(Path spec) throws IOException {
        Path copy = Files.copy(spec, folder.resolve(spec.getFileName()));

        assertThat(launcher(copy, Arch.X86_64)).isEqualTo(launcher(spec, Arch.X86_64));
    }

    @Test
    void readelfSeesThreeLoadsNoneOfThemWritableAndExecutable() throws IOException {
        Requirements.requireProgram("readelf");
        for (Arch arch : Arch.values()) {
            Path file = folder.resolve(arch.word());
            Files.write(file, launcher(Path.of("specs/all.yaml"), arch));

            Commands.Result result = Commands.run("readelf", "-lhW", file.toString());

            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains("EXEC (Executable file)").doesNotContain("INTERP");
            assertThat(result.out()
                            .lines()
                            .filter(line -> line.contains(" LOAD "))
                            .map(LaunchersTest::flags))
                    .containsExactly("R E", "R", "RW");
            assertThat(result.out()
                            .lines()
                            .filter(line -> line.contains("GNU_STACK"))
                            .map(LaunchersTest::flags))
                    .containsExactly("RW");
        }
    }

    /** The flags stand between the sizes and the alignment. */
    private static String flags(String programHeader) {
        return programHeader
                .replaceAll("^.*0x[0-9a-f]+ +0x[0-9a-f]+ +([RWE ]+?) +0x[0-9a-f]+ *$", "$1")
                .strip();
    }

    private static byte[] launcher(Path spec, Arch arch) {
        LoadedSpec loaded = new SpecReader(ReadOptions.DEFAULT)
                .read(spec.toString(), spec.toAbsolutePath())
                .spec()
                .orElseThrow();
        return ElfImage.write(Lowering.standalone(Planner.plan(loaded, Planner.Subordinates.NONE), arch));
    }
}
