package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole aarch64 launcher under user-mode emulation.
 *
 * <p>qemu knows neither clone3(2) nor new namespaces: that far a launcher comes, by way of its fallback to clone(2), and then
 * it tells what was refused.
 */
class Aarch64LauncherIT {
    @TempDir
    Path folder;

    @Test
    void itRunsUpToTheCallThatTheEmulatorDoesNotHave() throws IOException {
        Requirements.requireProgram("qemu-aarch64-static");
        Path launcher = build("aarch64");

        Commands.Result result = Commands.run("qemu-aarch64-static", launcher.toString());

        assertThat(result.err()).isEqualTo("""
                nsbox: error: step 5 of 14 refused: start the sandbox's first process, in no new namespace: EINVAL (Invalid argument)
                  --> box.yaml:1:1
                   |
                 1 | namespaces: []
                   | ^^^^^^^^^^
                   = note: the call was clone3({flags=CLONE_NEW..., ...})
                """);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(125);
    }

    @Test
    void bothArchitecturesGiveTheSameTablesWithOtherNumbers() throws IOException {
        byte[] aarch64 = Files.readAllBytes(build("aarch64"));
        byte[] x8664 = Files.readAllBytes(build("x86_64"));

        assertThat(aarch64).hasSameSizeAs(x8664);
        // e_machine of the ELF header (elf.h): EM_AARCH64 and EM_X86_64.
        assertThat(aarch64[18]).isEqualTo((byte) 183);
        assertThat(x8664[18]).isEqualTo((byte) 62);
    }

    private Path build(String arch) throws IOException {
        Path spec = folder.resolve("box.yaml");
        Files.writeString(spec, "namespaces: []\ncommand: [/bin/true]\n");
        Path launcher = folder.resolve("launcher-" + arch);
        Commands.Result built =
                Commands.run("bin/nsbox", "build", spec.toString(), "-o", launcher.toString(), "--arch", arch);
        assertThat(built.err()).isEmpty();
        assertThat(built.status()).isZero();
        return launcher;
    }
}
