package io.nsbox.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SyscallTest {
    @Test
    void numbersOfX8664AreThoseOfTheKernelsHeader() throws IOException {
        check(Arch.X86_64, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
    }

    @Test
    void numbersOfAarch64AreThoseOfTheGenericHeader() throws IOException {
        check(Arch.AARCH64, "/usr/include/asm-generic/unistd.h");
    }

    private static void check(Arch arch, String header) throws IOException {
        Requirements.requireFile(header);
        Map<String, Integer> numbers = new HashMap<>();
        Pattern define = Pattern.compile("#define __NR(?:3264)?_(\\w+) (\\d+)");
        for (String line : Files.readAllLines(Path.of(header))) {
            Matcher matcher = define.matcher(line);
            if (matcher.lookingAt()) {
                numbers.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
            }
        }
        for (Syscall syscall : Syscall.values()) {
            assertThat(syscall.number(arch)).as(syscall.word()).isEqualTo(numbers.get(syscall.word()));
        }
    }
}
