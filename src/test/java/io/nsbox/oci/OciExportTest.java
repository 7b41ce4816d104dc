package io.nsbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import io.nsbox.host.CallerFacts;
import io.nsbox.host.FakeTree;
import io.nsbox.host.MountEntry;
import io.nsbox.program.Arch;
import io.nsbox.spec.GroupLimits;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.testing.Golden;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Exports the specs of src/test/resources/oci/NAME/box.yaml on a machine that exists in memory only. */
class OciExportTest {
    private static final Path CASES = Path.of("src/test/resources/oci");
    private static final Path RESOURCES = CASES.toAbsolutePath();

    /** Has / and /srv/root, and little in them. */
    private static final HostPaths PATHS = new HostPaths() {
        private static final List<String> THERE = List.of(
                "/", "/dev", "/etc/motd", "/etc/hosts", "/mnt", "/srv/root/srv", "/srv/data", "/usr", "/home/user");

        @Override
        public boolean exists(String path) {
            return THERE.contains(path);
        }

        @Override
        public Optional<Integer> folderMode(String path) {
            return path.endsWith("/mnt") ? Optional.of(0755) : Optional.empty();
        }

        @Override
        public Optional<Device> device(String path) {
            return path.equals("/dev/fuse") ? Optional.of(new Device(false, 10, 229, 0666, 0, 0)) : Optional.empty();
        }

        @Override
        public Optional<String> real(String path) {
            return path.equals("/srv/root") ? Optional.of("/srv/real-root") : Optional.empty();
        }

        @Override
        public boolean hasMountsBelow(String folder) {
            return false;
        }
    };

    private static FakeTree machine(long uid) {
        String capabilities = uid == 0 ? "000001ffffffffff" : "0000000000000000";
        return new FakeTree()
                .with("/proc/sys/kernel/cap_last_cap", "40")
                .with("/proc/sys/kernel/osrelease", "6.1.0-13-amd64")
                .with(
                        "/proc/self/status",
                        "Umask:\t0022",
                        "Uid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid,
                        "Gid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid,
                        "Groups:\t27 100",
                        "CapPrm:\t" + capabilities,
                        "CapEff:\t" + capabilities,
                        "CapBnd:\t000001ffffffffff",
                        "NoNewPrivs:\t0",
                        "Seccomp:\t0");
    }

    /** A machine with control groups as the first line of the spec says. */
    private static FakeTree machine(long uid, String yaml) {
        FakeTree machine = machine(uid);
        if (yaml.startsWith("# as root, where version 1 ")) {
            return machine.with(MountEntry.SOURCE, "32 31 0:29 / /sys/fs/cgroup/mem rw - cgroup cgroup rw,memory")
                    .with("/sys/fs/cgroup/mem/memory.memsw.limit_in_bytes", "-1");
        }
        return yaml.startsWith("# as root, where version 2 ")
                ? machine.with(MountEntry.SOURCE, "34 24 0:29 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw")
                : machine;
    }

    private static Bundle export(String yaml, String file, long uid) {
        ReadResult read = new SpecReader(new ReadOptions(List.of(), List.of(), true))
                .read(file, Path.of("/srv/box.yaml"), yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        LoadedSpec loaded = read.spec().orElseThrow(() -> new AssertionError(read.diagnostics()));
        Circumstances here = Circumstances.read(
                        machine(uid, yaml),
                        PATHS,
                        Map.of("PATH", "/bin", "HOME", "/home/user", "TERM", "xterm", "SECRET", "x"),
                        "/home/user",
                        List.of(new IdRange(1, 100_000, 65_536)),
                        List.of(new IdRange(1, 200_000, 65_536)),
                        Arch.X86_64,
                        "/srv/bundle")
                .orElseThrow();
        return OciExport.of(loaded, here);
    }

    private static String json(Bundle bundle) {
        return JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(bundle.config())
                + "\n";
    }

    private static String text(List<Diagnostic> problems) {
        return problems.isEmpty() ? "" : new TextRenderer(Style.PLAIN).render(problems);
    }

    static Stream<Path> cases() throws IOException {
        try (Stream<Path> all = Files.list(CASES)) {
            return all.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aSpecComesToItsConfigurationOrToItsProblems(Path folder) throws IOException {
        String yaml = Files.readString(folder.resolve("box.yaml"));
        long uid = yaml.startsWith("# as an ordinary user") ? 1000 : 0;
        Bundle bundle = export(yaml, "box.yaml", uid);

        Golden.compare(folder.resolve("problems.txt"), text(bundle.diagnostics()));
        if (bundle.isComplete()) {
            Golden.compare(folder.resolve("config.json"), json(bundle));
        } else {
            assertThat(folder.resolve("config.json")).doesNotExist();
        }
    }

    @Test
    void theContentsOfFilesBelongToTheBundle() throws IOException {
        Bundle bundle = export(Files.readString(RESOURCES.resolve("much/box.yaml")), "box.yaml", 0);

        assertThat(bundle.files()).containsExactly(new Bundle.ContentFile("files/2", "hello\n", 0640));
        assertThat(bundle.emptyRoot()).isFalse();
    }

    private static Object memory(FakeTree machine) {
        Map<String, Object> resources = new LinkedHashMap<>();
        GroupLimits limits = new GroupLimits(1000L, null, null, null, null, null, null, null);
        OciLimits.addTo(resources, limits, OciGroups.read(machine));
        return resources;
    }

    @Test
    void whereTheKernelDoesNotAccountSwapNoneIsLimited() {
        FakeTree legacy =
                new FakeTree().with(MountEntry.SOURCE, "32 31 0:29 / /sys/fs/cgroup/mem rw - cgroup cgroup rw,memory");
        assertThat(memory(legacy)).isEqualTo(Map.of("memory", Map.of("limit", 1000L)));
        FakeTree unified = new FakeTree()
                .with(MountEntry.SOURCE, "34 24 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
                .with("/sys/fs/cgroup/a.slice/memory.max", "max");
        assertThat(memory(unified)).isEqualTo(Map.of("memory", Map.of("limit", 1000L)));
        unified.with("/sys/fs/cgroup/a.slice/memory.swap.max", "max");
        assertThat(memory(unified)).isEqualTo(Map.of("memory", Map.of("limit", 1000L, "swap", 2000L)));
    }

    @Test
    void whatProcDoesNotSayInNumbersLeavesNoCaller() {
        assertThat(OciCaller.read(machine(1000))).isPresent();
        for (String line : List.of("CapBnd:\tx", "Umask:\t9", "CapPrm:\t-1")) {
            FakeTree machine = machine(1000);
            machine.with(
                    CallerFacts.SOURCE,
                    machine.read(CallerFacts.SOURCE).orElseThrow().text() + line);
            assertThat(OciCaller.read(machine)).as(line).isEmpty();
        }
        assertThat(OciCaller.read(machine(1000).with("/proc/sys/kernel/cap_last_cap", "many")))
                .isEmpty();
    }

    @Test
    void runcMakesTheSameWeightOfTheSharesInVersionTwo() {
        for (int weight = 1; weight <= 10_000; weight++) {
            Map<String, Object> resources = new LinkedHashMap<>();
            GroupLimits limits = new GroupLimits(null, null, null, null, null, weight, null, null);
            OciLimits.addTo(resources, limits, new OciGroups(true, true));
            long shares = ((Number) ((Map<?, ?>) resources.get("cpu")).get("shares")).longValue();
            // ConvertCPUSharesToCgroupV2Value of runc 1.1, libcontainer/cgroups/utils.go.
            assertThat(1 + ((shares - 2) * 9999) / 262142).isEqualTo(weight);
        }
    }

    @Test
    void theSameSpecInTheSameCircumstancesGivesTheSameBytes() throws IOException {
        String yaml = Files.readString(RESOURCES.resolve("much/box.yaml"));

        assertThat(json(export(yaml, "box.yaml", 0))).isEqualTo(json(export(yaml, "box.yaml", 0)));
    }
}
