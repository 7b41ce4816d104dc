package io.nsbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Diagnostic;
import io.nsbox.program.Arch;
import io.nsbox.text.ProfileFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * nsbox's filters and libseccomp's give the same verdicts, for every number, architecture and boundary argument, with
 * these differences, all of them meant:
 *
 * <ul>
 *   <li>Of an argument that the kernel takes for an int, nsbox compares the low 32 bits (of a mode the low 16), libseccomp
 *       all 64. So nsbox's verdict is that of libseccomp on what the kernel sees.
 *   <li>Numbers above the largest that the profile names are ENOSYS, unless the default action lets them be made: runc adds
 *       that to libseccomp's filter.
 *   <li>Calls of a foreign architecture, and of x32, end the process: libseccomp does what it is told, and is told so.
 * </ul>
 */
class SeccompOracleTest {
    private static final int GENERATED = 400;
    private static final List<String> DOCKERS_CAPABILITIES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FSETID",
            "CAP_FOWNER",
            "CAP_MKNOD",
            "CAP_NET_RAW",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETFCAP",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_KILL",
            "CAP_AUDIT_WRITE");

    private static final int ENOSYS = 0x0005_0000 | 38;

    @TempDir
    private static Path folder;

    private static Libseccomp libseccomp;

    @BeforeAll
    static void compile() {
        libseccomp = new Libseccomp(folder);
    }

    static Stream<Arguments> sets() {
        List<Set<String>> sets = new ArrayList<>();
        sets.add(Set.of());
        sets.add(Set.copyOf(CapabilityNames.ALL));
        sets.add(Set.copyOf(DOCKERS_CAPABILITIES));
        CapabilityNames.ALL.forEach(name -> sets.add(Set.of(name)));
        return Arrays.stream(Arch.values()).flatMap(arch -> sets.stream().map(set -> Arguments.of(arch, set)));
    }

    @ParameterizedTest
    @MethodSource("sets")
    void theDefaultProfileGivesTheSameVerdicts(Arch arch, Set<String> capabilities) throws IOException {
        String json = Files.readString(Path.of("src/main/resources/io/nsbox/seccomp/default.json"));

        compare(json, arch, capabilities);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void soDoesAProfileInTheShapeThatDockerPublishes(Arch arch, Set<String> capabilities) throws IOException {
        compare(Files.readString(Path.of("src/test/resources/seccomp/docker-shaped.json")), arch, capabilities);
    }

    @ParameterizedTest
    @EnumSource(Arch.class)
    void soDoGeneratedProfiles(Arch arch) throws IOException {
        int compared = 0;
        for (int seed = 0; seed < GENERATED; seed++) {
            compared += compare(new ProfileGenerator(seed).profile(), arch, Set.of()) ? 1 : 0;
        }
        assertThat(compared).isGreaterThan(GENERATED / 2);
    }

    /** Whether libseccomp takes the profile; where it does not, because two rules contradict each other, nsbox says so too. */
    private static boolean compare(String json, Arch arch, Set<String> capabilities) throws IOException {
        Path file = folder.resolve("profile.json");
        Files.writeString(file, json);
        ProfileFile read = ProfileFile.read("profile.json", file);
        assertThat(read.problems()).as(json).noneMatch(Diagnostic::isError);
        Profile profile = read.profile().orElseThrow();
        Policy policy = profile.policy(new Surroundings(arch, capabilities, new KernelRelease(99, 0)));
        Optional<Libseccomp.Verdicts> theirs = libseccomp.filter(json, arch, capabilities);
        assertThat(policy.conflicts().isEmpty()).as(json).isEqualTo(theirs.isPresent());
        if (theirs.isEmpty()) {
            return false;
        }
        compare(json, profile, policy, theirs.get());
        return true;
    }

    private static void compare(String json, Profile profile, Policy policy, Libseccomp.Verdicts theirs) {
        BpfMachine ours = new BpfMachine(policy.filter().bytes());
        Set<Integer> skipped = new HashSet<>();
        for (String name : theirs.unknown()) {
            SystemCalls.find(name).orElseThrow().number(policy.arch()).ifPresent(skipped::add);
        }
        int arch = SeccompData.auditArch(policy.arch());
        for (int number : numbers()) {
            if (skipped.contains(number)) {
                continue;
            }
            SystemCall call =
                    SystemCalls.byNumber(policy.arch(), number).orElse(new SystemCall("none", number, number, ""));
            boolean x32 = policy.arch() == Arch.X86_64 && number != -1 && (number < 0 || number >= 0x4000_0000);
            boolean unknown = Integer.compareUnsigned(number, policy.largest()) > 0 && policy.largest() >= 0;
            for (long[] arguments : arguments(profile, call)) {
                int verdict = ours.run(number, arch, arguments);
                if (unknown && !x32 && !profile.defaultAction().isOpen()) {
                    assertThat(verdict).as("%d: newer than\n%s", number, json).isEqualTo(ENOSYS);
                    continue;
                }
                long[] seen = arguments.clone();
                for (int i = 0; i < seen.length; i++) {
                    seen[i] &= call.argumentMask(i);
                }
                assertThat(verdict)
                        .as(
                                "%s %s %s\n%s",
                                call,
                                Arrays.toString(arguments),
                                policy.treatments().get(number),
                                json)
                        .isEqualTo(theirs.machine().run(number, arch, seen));
            }
        }
        for (int foreign : new int[] {0, 0x4000_0003, 0x4000_0028, 0xc000_003e, 0xc000_00b7, 0xc000_00f3, arch ^ 1}) {
            if (foreign != arch) {
                for (int number : new int[] {0, 1, 59, 221, 0x4000_0000}) {
                    assertThat(ours.run(number, foreign)).isEqualTo(0x8000_0000);
                    assertThat(theirs.machine().run(number, foreign)).isEqualTo(0x8000_0000);
                }
            }
        }
    }

    private static int[] numbers() {
        return IntStream.concat(
                        IntStream.range(0, 1024),
                        IntStream.of(
                                0x3fff_ffff,
                                0x4000_0000,
                                0x4000_0027,
                                0x4000_0200,
                                0x4000_0223,
                                0x7fff_ffff,
                                0x8000_0000,
                                0xffff_fffe,
                                -1))
                .toArray();
    }

    /** Zeros; and where conditions are about the call, what lies around their values, in both halves. */
    private static List<long[]> arguments(Profile profile, SystemCall call) {
        List<Condition> conditions = profile.rules().stream()
                .filter(rule -> rule.names().contains(call.name()))
                .flatMap(rule -> rule.conditions().stream())
                .toList();
        List<long[]> all = new ArrayList<>(List.of(new long[6]));
        if (conditions.isEmpty()) {
            return all;
        }
        long[] fitting = new long[6];
        conditions.forEach(condition -> fitting[condition.index()] =
                condition.comparison() == Comparison.MASKED_EQ ? condition.valueTwo() : condition.value());
        for (Condition condition : conditions) {
            for (long value : around(condition)) {
                for (long[] base : List.of(new long[6], fitting)) {
                    long[] arguments = base.clone();
                    arguments[condition.index()] = value;
                    all.add(arguments);
                }
            }
        }
        // Every combination of three values for each argument that some condition is about.
        Set<Integer> indexes = new TreeSet<>();
        conditions.forEach(condition -> indexes.add(condition.index()));
        List<long[]> combined = new ArrayList<>(List.of(new long[6]));
        for (int index : indexes) {
            List<long[]> next = new ArrayList<>();
            for (long[] base : combined) {
                for (long value : new long[] {fitting[index] - 1, fitting[index], fitting[index] + 1}) {
                    long[] arguments = base.clone();
                    arguments[index] = value;
                    next.add(arguments);
                }
            }
            combined = next;
        }
        all.addAll(combined);
        return all;
    }

    private static Set<Long> around(Condition condition) {
        Set<Long> values = new LinkedHashSet<>(List.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE));
        for (long value :
                new long[] {condition.value(), condition.valueTwo(), ~condition.value() | condition.valueTwo()}) {
            for (long near : new long[] {value - 1, value, value + 1, -value, ~value}) {
                values.add(near);
                values.add(near ^ 1L << 32);
                values.add(near ^ 1L << 63);
                values.add(near ^ 1L << 31);
                values.add(near ^ 1L << 16);
                values.add(near & 0xffff_ffffL);
                values.add(near | 0xffff_ffff_0000_0000L);
            }
        }
        return values;
    }

    /** A balanced tree: the default profile takes a dozen instructions where a chain would take hundreds. */
    @Test
    void noCallOfTheDefaultProfileTakesManyInstructions() {
        Profile profile = ProfileFile.standard().profile().orElseThrow();
        for (Arch arch : Arch.values()) {
            Policy policy = profile.policy(new Surroundings(arch, Set.of(), KernelRelease.OLDEST));
            BpfMachine machine = new BpfMachine(policy.filter().bytes());
            int most = 0;
            for (int number = 0; number < 1024; number++) {
                machine.run(number, SeccompData.auditArch(arch), 40);
                most = Math.max(most, machine.steps());
            }
            assertThat(most).isLessThan(32);
        }
    }

    /** The trick that gets around 64-bit comparisons: the kernel looks at the low half of an ioctl's number only. */
    @Test
    void tiocstiCannotHideBehindBitsThatTheKernelDoesNotLookAt() throws IOException {
        long tiocsti = 0x5412;
        Path file = folder.resolve("tiocsti.json");
        Files.writeString(
                file,
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"ioctl\"], \"action\": \"SCMP_ACT_ERRNO\","
                        + " \"args\": [{\"index\": 1, \"value\": 21522, \"op\": \"SCMP_CMP_EQ\"}]}]}");
        Profile profile = ProfileFile.read("tiocsti.json", file).profile().orElseThrow();
        Policy policy = profile.policy(new Surroundings(Arch.X86_64, Set.of(), KernelRelease.OLDEST));
        BpfMachine ours = new BpfMachine(policy.filter().bytes());
        BpfMachine theirs = libseccomp
                .filter(Files.readString(file), Arch.X86_64, Set.of())
                .orElseThrow()
                .machine();
        int arch = 0xc000_003e;

        assertThat(ours.run(16, arch, 0, tiocsti)).isEqualTo(0x0005_0001);
        assertThat(ours.run(16, arch, 0, tiocsti | 1L << 32)).isEqualTo(0x0005_0001);
        assertThat(ours.run(16, arch, 0, tiocsti + 1)).isEqualTo(0x7fff_0000);
        assertThat(theirs.run(16, arch, 0, tiocsti | 1L << 32))
                .as("libseccomp lets it through")
                .isEqualTo(0x7fff_0000);
    }
}
