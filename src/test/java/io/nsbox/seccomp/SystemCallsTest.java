package io.nsbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.program.Syscall;
import io.nsbox.testing.Commands;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the table against the kernel's headers, libseccomp's list, and the calls that launchers make. */
class SystemCallsTest {
    private static final Pattern DEFINE =
            Pattern.compile("#define __NR_(\\w+) +\\(?(?:__X32_SYSCALL_BIT \\+ )?(\\d+)\\)?");

    @TempDir
    private Path folder;

    @Test
    void theHeaderOfX8664HasNoOtherNumbers() throws IOException {
        String header = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";
        Requirements.requireFile(header);
        check(Arch.X86_64, Files.readAllLines(Path.of(header)), 300);
    }

    @Test
    void theGenericHeaderHasNoOtherNumbersForAarch64() throws IOException {
        Requirements.requireProgram("gcc");
        Path source = folder.resolve("generic.c");
        // What arch/arm64/include/uapi/asm/unistd.h asks for.
        Files.writeString(
                source,
                "#define __ARCH_WANT_RENAMEAT\n#define __ARCH_WANT_NEW_STAT\n#define __ARCH_WANT_SET_GET_RLIMIT\n"
                        + "#define __ARCH_WANT_MEMFD_SECRET\n#define __ARCH_WANT_SYS_CLONE3\n"
                        + "#include <bits/wordsize.h>\n#include <asm-generic/unistd.h>\n");
        Commands.Result macros = Commands.run("gcc", "-E", "-dM", source.toString());
        assertThat(macros.status()).isZero();
        Map<String, String> all = new HashMap<>();
        macros.out().lines().map(line -> line.split(" ")).forEach(words -> {
            if (words.length == 3) {
                all.put(words[1], words[2]);
            }
        });
        List<String> resolved = all.keySet().stream()
                .filter(name -> name.startsWith("__NR_"))
                .filter(name ->
                        !Set.of("__NR_syscalls", "__NR_arch_specific_syscall").contains(name))
                .map(name -> "#define " + name + " " + all.getOrDefault(all.get(name), all.get(name)))
                .toList();
        check(Arch.AARCH64, resolved, 300);
    }

    private static void check(Arch arch, List<String> lines, int least) {
        int compared = 0;
        for (String line : lines) {
            Matcher matcher = DEFINE.matcher(line);
            if (matcher.matches()) {
                assertThat(SystemCalls.find(matcher.group(1)))
                        .as(line)
                        .hasValueSatisfying(
                                call -> assertThat(call.number(arch)).hasValue(Integer.parseInt(matcher.group(2))));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(least);
    }

    @ParameterizedTest
    @EnumSource(Arch.class)
    void noTwoCallsHaveOneNumberAndNoNumberUpToTheLastIsSkippedButForTheKnownGap(Arch arch) {
        Set<Integer> numbers = new HashSet<>();
        for (String name : SystemCalls.names()) {
            SystemCalls.find(name)
                    .orElseThrow()
                    .number(arch)
                    .ifPresent(
                            number -> assertThat(numbers.add(number)).as(name).isTrue());
        }
        for (int number = 424; number <= 469; number++) {
            assertThat(numbers).contains(number);
        }
    }

    @Test
    void launchersAndFiltersMeanTheSameNumbers() {
        for (Syscall syscall : Syscall.values()) {
            for (Arch arch : Arch.values()) {
                assertThat(SystemCalls.find(syscall.word()).orElseThrow().number(arch))
                        .as(syscall.word())
                        .hasValue(syscall.number(arch));
            }
        }
    }

    /** The kernel's own declarations, where tracefs shows them. */
    @Test
    void theWidthsOfArgumentsAreThoseThatTheKernelDeclares() throws IOException {
        Requirements.requireRoot();
        Requirements.requireProgram("unshare");
        Requirements.require("amd64".equals(System.getProperty("os.arch")), "the declarations are compared on x86-64");
        Commands.Result result = Commands.run(
                "unshare",
                "-m",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mount -t tracefs tracefs /mnt || exit 1; cd /mnt/events/syscalls || exit 1\n"
                        + "for call in sys_enter_*; do echo \"@${call#sys_enter_}\"; grep field: \"$call/format\" | tail -n +6; done");
        Requirements.require(result.status() == 0, "tracefs does not show system calls here");
        // The kernel calls some of them otherwise, and looks at less of some arguments than it declares.
        Map<String, String> renamed = Map.of(
                "newstat",
                "stat",
                "newfstat",
                "fstat",
                "newlstat",
                "lstat",
                "newuname",
                "uname",
                "umount",
                "umount2",
                "sendfile64",
                "sendfile");
        Set<String> truncated = Set.of("readv", "writev", "preadv", "pwritev", "preadv2", "pwritev2", "clone", "mmap");
        int compared = 0;
        for (String block : result.out().split("@")) {
            List<String> lines = block.lines().toList();
            if (lines.isEmpty()) {
                continue;
            }
            String name = renamed.getOrDefault(lines.get(0), lines.get(0));
            if (SystemCalls.find(name).isEmpty() || truncated.contains(name)) {
                continue;
            }
            SystemCall call = SystemCalls.find(name).get();
            for (int i = 1; i < lines.size(); i++) {
                String type = lines.get(i).replaceFirst(".*field:(.*) \\w+;\\toffset.*", "$1");
                assertThat(call.argumentMask(i - 1))
                        .as(name + " " + (i - 1) + " " + type)
                        .isEqualTo(mask(type));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(500);
    }

    private static long mask(String type) {
        String plain = type.replace("const ", "").strip();
        if (plain.contains("*")) {
            return -1L;
        }
        if (plain.equals("umode_t")) {
            return 0xffffL;
        }
        boolean isWide = Arrays.asList(
                        "unsigned long",
                        "long",
                        "size_t",
                        "loff_t",
                        "off_t",
                        "u64",
                        "__u64",
                        "aio_context_t",
                        "cap_user_header_t",
                        "cap_user_data_t")
                .contains(plain);
        return isWide ? -1L : 0xffff_ffffL;
    }
}
