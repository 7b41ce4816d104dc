package io.nsbox.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.program.Layout;
import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterpreterTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void theCommittedListingIsWhatGnuAsMakesOfTheSource(Arch arch) throws IOException {
        String prefix = prefix(arch);
        Requirements.requireProgram(prefix + "as");
        String source = "src/main/asm/interpreter-" + arch.word() + ".s";
        String object = folder.resolve("interpreter.o").toString();

        run(prefix + "as", "-o", object, source);
        assertThat(Interpreter.code(arch, Layout.TARGET_UNIT)).isEqualTo(code(prefix, object));
        run(prefix + "as", "--defsym", "FAR=1", "-o", object, source);
        assertThat(Interpreter.code(arch, Layout.FAR_TARGET_UNIT)).isEqualTo(code(prefix, object));
    }

    private byte[] code(String prefix, String object) throws IOException {
        Path code = folder.resolve("interpreter.bin");
        run(prefix + "objcopy", "-O", "binary", "-j", ".text", object, code.toString());
        return Files.readAllBytes(code);
    }

    @ParameterizedTest
    @EnumSource
    void objdumpSeesOnePlaceThatEntersTheKernel(Arch arch) throws IOException {
        String prefix = prefix(arch);
        Requirements.requireProgram(prefix + "objdump");
        Path code = folder.resolve("interpreter.bin");
        Files.write(code, Interpreter.code(arch, Layout.FAR_TARGET_UNIT));
        String machine = arch == Arch.X86_64 ? "i386:x86-64" : "aarch64";

        Commands.Result result = Commands.run(prefix + "objdump", "-D", "-b", "binary", "-m", machine, code.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().filter(line -> line.matches(".*\\b(syscall|svc|int|sysenter)\\b.*")))
                .hasSize(1);
    }

    private static String prefix(Arch arch) {
        return arch.word().equals(System.getProperty("os.arch").replace("amd64", "x86_64"))
                ? ""
                : arch.word() + "-linux-gnu-";
    }

    @ParameterizedTest
    @EnumSource
    void theCodeLeavesRoomBeforeTheTable(Arch arch) {
        assertThat(Interpreter.code(arch, Layout.FAR_TARGET_UNIT).length)
                .isLessThan(1024)
                .isLessThanOrEqualTo(Layout.TABLE_OFFSET - ElfImage.CODE_OFFSET);
    }

    private static void run(String... words) {
        Commands.Result result = Commands.run(words);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
    }
}
