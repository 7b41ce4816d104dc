package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.seccomp.SystemCalls;
import io.nsbox.testing.Commands;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel does with the filters, seen by a static program inside. */
class SeccompIT {
    private static final int SIGSYS_STATUS = 128 + 31;

    /** What a static program of glibc's does before main, and the probe after it. */
    private static final List<String> STARTUP = List.of(
            "execve",
            "write",
            "exit_group",
            "brk",
            "arch_prctl",
            "set_tid_address",
            "set_robust_list",
            "rseq",
            "prlimit64",
            "readlink",
            "readlinkat",
            "getrandom",
            "mprotect",
            "mmap",
            "munmap",
            "uname",
            "newfstatat",
            "fstat",
            "rt_sigreturn");

    private static Path folder;
    private static Path probe;

    @BeforeAll
    static void compile() throws IOException {
        Requirements.requireProgram("gcc");
        folder = Files.createTempDirectory("nsbox-probe").toRealPath();
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        probe = folder.resolve("probe");
        Commands.Result compiled = Commands.run(
                "gcc",
                "-static",
                "-pthread",
                "-Wall",
                "-Werror",
                "-o",
                probe.toString(),
                "src/test/resources/seccomp/probe.c");
        assertThat(compiled.err()).isEmpty();
        assertThat(compiled.status()).isZero();
    }

    @AfterAll
    static void delete() {
        Workshop.delete(folder);
    }

    private static String names(List<String> names) {
        return names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    }

    private static String number(String name) {
        return Integer.toString(
                SystemCalls.find(name).orElseThrow().number(Workshop.arch()).orElseThrow());
    }

    private static Running.Result probe(Workshop workshop, String seccomp, String map, String... words) {
        List<String> quoted = new ArrayList<>(List.of(probe.toString()));
        quoted.addAll(List.of(words));
        Path spec = workshop.file(
                "box.yaml",
                "namespaces: [user]\nuid_map: " + map + "\nseccomp: " + seccomp + "\ncommand: [" + names(quoted)
                        + "]\n");
        return workshop.run(workshop.nsbox(), "up", spec);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void everyNumberThatTheProfileDoesNotAllowIsRefusedAsItSays(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file(
                    "p.json",
                    "{\n\t\"defaultAction\": \"SCMP_ACT_ERRNO\",\n\t\"defaultErrnoRet\": 99,\n\t\"syscalls\": [{\"names\": ["
                            + names(STARTUP) + "], \"action\": \"SCMP_ACT_ALLOW\"}]\n}\n");
            List<String> words = new ArrayList<>(List.of("sweep", "0", "1024"));
            int largest = 0;
            for (String name : STARTUP) {
                int number = SystemCalls.find(name)
                        .orElseThrow()
                        .number(Workshop.arch())
                        .orElse(-1);
                words.add(Integer.toString(number));
                largest = Math.max(largest, number);
            }
            if (Workshop.arch() == Arch.X86_64) {
                // Linux asks no filter about the two that its own probes make, and ends whoever else makes them.
                words.addAll(List.of(number("uretprobe"), number("uprobe")));
            }
            StringBuilder expected = new StringBuilder();
            for (int number = 0; number < 1024; number++) {
                if (!words.subList(3, words.size()).contains(Integer.toString(number))) {
                    expected.append(number)
                            .append(' ')
                            .append(number > largest ? 38 : 99)
                            .append('\n');
                }
            }
            assertThat(probe(workshop, "p.json", "root", words.toArray(String[]::new)))
                    .isEqualTo(new Running.Result(0, expected.toString(), ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theDefaultProfileRefusesWhatItMustToSomebodyWithoutCapabilities(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            for (String call : List.of("mount", "setns", "bpf", "keyctl", "init_module", "pivot_root")) {
                assertThat(probe(workshop, "default", "keep-id", "call", number(call)))
                        .as(call)
                        .isEqualTo(new Running.Result(0, "1\n", ""));
            }
            assertThat(probe(workshop, "default", "keep-id", "call", number("unshare"), "0x10000000"))
                    .isEqualTo(new Running.Result(0, "1\n", ""));
            assertThat(probe(workshop, "default", "keep-id", "call", number("clone"), "0x10000011"))
                    .isEqualTo(new Running.Result(0, "1\n", ""));
            assertThat(probe(workshop, "default", "keep-id", "call", number("clone3")))
                    .isEqualTo(new Running.Result(0, "38\n", ""));
            for (String family : List.of("40", "0x100000028", "38")) {
                assertThat(probe(workshop, "default", "keep-id", "call", number("socket"), family, "1"))
                        .as(family)
                        .isEqualTo(new Running.Result(0, "1\n", ""));
            }
            assertThat(probe(workshop, "default", "keep-id", "call", number("socket"), "1", "1"))
                    .isEqualTo(new Running.Result(0, "0\n", ""));
            // TIOCSTI and TIOCLINUX, and what stands beside them.
            for (String request : List.of("0x5412", "0x100005412", "0x541c", "0x10000541c")) {
                assertThat(probe(workshop, "default", "root", "call", number("ioctl"), "99", request))
                        .as(request)
                        .isEqualTo(new Running.Result(0, "1\n", ""));
            }
            for (String request : List.of("0", "0x5411", "0x5413", "0x541b", "0x541d", "0x80045430", "0xc0105500")) {
                assertThat(probe(workshop, "default", "root", "call", number("ioctl"), "99", request))
                        .as(request)
                        .isEqualTo(new Running.Result(0, "9\n", ""));
            }
            assertThat(probe(workshop, "default", "keep-id", "threads")).isEqualTo(new Running.Result(0, "0\n", ""));
            assertThat(probe(workshop, "default", "root", "call", number("unshare"), "0x4000000"))
                    .as("root inside has the capability that the rule asks for")
                    .isEqualTo(new Running.Result(0, "0\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void bitsThatTheKernelDoesNotLookAtHideNothing(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String deny =
                    "{defaultAction: SCMP_ACT_ALLOW, syscalls: [{names: [ioctl], action: SCMP_ACT_ERRNO, errnoRet: 77,"
                            + " args: [{index: 1, value: 0x5412, op: SCMP_CMP_EQ}]}]}";
            for (String request : List.of("0x5412", "0x100005412", "0xffffffff00005412")) {
                assertThat(probe(workshop, deny, "root", "call", number("ioctl"), "0", request))
                        .as(request)
                        .isEqualTo(new Running.Result(0, "77\n", ""));
            }
            assertThat(probe(workshop, deny, "root", "call", number("ioctl"), "99", "0x5413"))
                    .isEqualTo(new Running.Result(0, "9\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void callsOfAForeignArchitectureEndTheProcess(Identity identity) {
        Requirements.require(Workshop.arch() == Arch.X86_64, "this machine has no i386 and no x32 calls");
        try (Workshop workshop = Workshop.open(identity)) {
            String allow = "{defaultAction: SCMP_ACT_ALLOW}";
            assertThat(probe(workshop, allow, "root", "i386").status()).isEqualTo(SIGSYS_STATUS);
            assertThat(probe(workshop, allow, "root", "call", "0x40000027").status())
                    .isEqualTo(SIGSYS_STATUS);
            assertThat(probe(workshop, allow, "root", "call", "0xffffffffffffffff"))
                    .isEqualTo(new Running.Result(0, "38\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void rulesForNewerKernelsCountOnThoseOnly(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String rules = "{defaultAction: SCMP_ACT_ALLOW, syscalls: ["
                    + "{names: [getppid], action: SCMP_ACT_ERRNO, errnoRet: 71, includes: {minKernel: \"5.13\"}},"
                    + "{names: [getuid], action: SCMP_ACT_ERRNO, errnoRet: 72, includes: {minKernel: \"99.0\"}},"
                    + "{names: [getgid], action: SCMP_ACT_ERRNO, errnoRet: 73, excludes: {minKernel: \"99.0\"}}]}";
            String release = System.getProperty("os.version");
            Requirements.require(!release.matches("5[.]12[.].*"), "this kernel is 5.12");
            assertThat(probe(workshop, rules, "root", "call", number("getppid")).out())
                    .isEqualTo("71\n");
            assertThat(probe(workshop, rules, "root", "call", number("getuid")).out())
                    .isEqualTo("0\n");
            assertThat(probe(workshop, rules, "root", "call", number("getgid")).out())
                    .isEqualTo("73\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCommandThatCannotRunIsToldWhateverTheFilterForbids(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("plain", "no program\n");
            String deny = "{defaultAction: SCMP_ACT_ALLOW, syscalls: [{names: [%s], action: SCMP_ACT_KILL_PROCESS}]}";
            String head = "namespaces: [user]\nseccomp: ";
            for (String names : List.of("faccessat", "faccessat, write", "faccessat, write, exit_group")) {
                String seccomp = head + String.format(java.util.Locale.ROOT, deny, names);
                Path spec = workshop.file("a.yaml", seccomp + "\ncommand: [./plain]\n");
                Running.Result result = workshop.run(workshop.nsbox(), "up", spec);
                assertThat(result.err()).as(names).contains("refused: execute ./plain: EACCES (Permission denied)");
                assertThat(result.status()).isEqualTo(126);
                spec = workshop.file("b.yaml", seccomp + "\ncommand: [no-such-program]\n");
                result = workshop.run(workshop.nsbox(), "up", spec);
                assertThat(result.err())
                        .as(names)
                        .contains("refused: find no-such-program: ENOENT (No such file or directory)")
                        .contains("help: it is on no folder of the PATH inside");
                assertThat(result.status()).isEqualTo(127);
                spec = workshop.file("c.yaml", seccomp + "\ncommand: [./not-there]\n");
                assertThat(workshop.run(workshop.nsbox(), "up", spec).status()).isEqualTo(127);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aProcessThatMayNeitherWriteNorExitEndsAllTheSame(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("plain", "no program\n");
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user]\nseccomp: {defaultAction: SCMP_ACT_ERRNO, syscalls: [{names: [execve], action:"
                            + " SCMP_ACT_ALLOW}]}\ncommand: [./plain]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(128 + 11, "", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aFilterCanBeLoadedWithoutNoNewPrivilegesByRootInside(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file(
                    "box.yaml",
                    "namespaces: [user]\nuid_map: root\nno_new_privileges: false\nseccomp: default\n"
                            + "command: [grep, -E, 'NoNewPrivs|^Seccomp:', /proc/self/status]\n");
            assertThat(workshop.run(workshop.nsbox(), "up", spec))
                    .isEqualTo(new Running.Result(0, "NoNewPrivs:\t0\nSeccomp:\t2\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aChangedProfileIsSeenByTheNextRun(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String deny =
                    "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"getppid\"], \"action\":"
                            + " \"SCMP_ACT_ERRNO\", \"errnoRet\": %d}]}";
            for (int errno : new int[] {70, 71, 71, 7}) {
                workshop.file("p.json", String.format(java.util.Locale.ROOT, deny, errno));
                assertThat(probe(workshop, "./p.json", "root", "call", number("getppid")))
                        .isEqualTo(new Running.Result(0, errno + "\n", ""));
            }
        }
    }
}
