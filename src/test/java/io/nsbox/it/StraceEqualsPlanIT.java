package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Caller;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a launcher does, as strace(1) sees it, is what {@code nsbox plan --syscalls} said before. */
class StraceEqualsPlanIT {
    private static final Map<String, String> MORE_SPECS = new TreeMap<>();

    static {
        MORE_SPECS.put("bare", "namespaces: [user]\ncommand: [/bin/true]\n");
        MORE_SPECS.put("timeout", "namespaces: [user, uts]\ntimeout: 1m30s\ncommand: [\"true\"]\n");
        MORE_SPECS.put("half-a-second", "namespaces: [user]\ntimeout: 500ms\ncommand: [\"true\"]\n");
        MORE_SPECS.put("working-dir", "namespaces: [user]\nworking_dir: /usr/bin\ncommand: [./true]\n");
        MORE_SPECS.put("new-privileges", "namespaces: [user]\nno_new_privileges: false\ncommand: [\"true\"]\n");
        MORE_SPECS.put("down", "namespaces: [user, network]\nnetwork: down\ncommand: [\"true\"]\n");
        MORE_SPECS.put("keep-id", "namespaces: [user]\nuid_map: keep-id\ncommand: [\"true\"]\n");
        MORE_SPECS.put("gid-only", "namespaces: [user]\ngid_map: root\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "own-ids",
                "namespaces: [user]\nuid_map: [{inside: 7, outside: 1000}]\ngid_map: [{inside: 8, outside: 1000}]\n"
                        + "command: [\"true\"]\n");
        MORE_SPECS.put(
                "environment", "namespaces: [user]\ninherit_env: true\nenvironment: {A: b}\ncommand: [\"true\"]\n");
        MORE_SPECS.put("odd-word", "namespaces: [user]\ncommand: [\"true\", \"a \\\"b\\\" \\\\ \\tc\"]\n");
        String own = "namespaces: [user, network, ipc, time, uts]\nuid_map: root\n";
        MORE_SPECS.put("umask", own + "umask: \"077\"\nnice: 3\noom_score_adj: 9\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "ulimits",
                own + "ulimits: {nofile: {soft: 16, hard: 32}, core: 0, stack: 64m, cpu: 1h}\ncommand: [\"true\"]\n");
        MORE_SPECS.put("sysctls", own + "sysctls: {net.ipv4.ip_forward: 1, kernel.shmmni: 7}\ncommand: [\"true\"]\n");
        MORE_SPECS.put("time-offsets", own + "time_offsets: {monotonic: 1d}\ncommand: [\"true\"]\n");
        MORE_SPECS.put("become-root", own + "user: 0:0\ncap_drop: [NET_RAW]\ncommand: [\"true\"]\n");
        MORE_SPECS.put("capabilities", own + "cap_drop: [ALL]\ncap_add: [KILL, BPF]\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "ambient",
                "namespaces: [user]\nuid_map: [{inside: 7, outside: 1000}]\ncap_add: [KILL]\n"
                        + "command: [\"true\"]\n");
        MORE_SPECS.put(
                "landlock",
                own
                        + "landlock: {read: [/, /dev/null], execute: [/usr], write: [/tmp], tcp_bind: [80], scope: [signal]}\n"
                        + "command: [\"true\"]\n");
        MORE_SPECS.put(
                "dev",
                "namespaces: [user, mount, pid]\nuid_map: root\nmount_proc: true\ndev: minimal\n"
                        + "devices: [/dev/fuse, /dev/net/tun]\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "dev-keep-id",
                "namespaces: [user, mount]\nuid_map: keep-id\ndev: minimal\nshm_size: 1m\nworking_dir: /\n"
                        + "command: [\"true\"]\n");
        MORE_SPECS.put(
                "guards",
                "namespaces: [user, mount, pid]\nuid_map: root\nmount_proc: true\ndevices: [/dev/fuse]\n"
                        + "masked_paths: [/proc/cmdline, /etc/passwd, /sys/firmware, /proc/stat]\n"
                        + "readonly_paths: [/proc/sys, /usr]\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "mounts",
                "namespaces: [user, mount]\nuid_map: root\nread_only: true\ntmpfs: [/mnt, \"/opt:mode=0700,size=1m\"]\n"
                        + "mounts:\n  - /usr:/mnt:ro\n"
                        + "  - {type: bind, source: /usr/bin/true, target: /etc/hostname, optional: true, noexec: true}\n"
                        + "  - {type: overlay, target: /usr, lower: [/usr, \"/etc\"]}\n"
                        + "  - {type: file, target: /etc/hostname, content: \"a\\tb\\n\", mode: \"0640\", read_only: true}\n"
                        + "  - {type: dir, target: /usr/bin}\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "rootfs",
                "namespaces: [user, mount, pid, network, ipc]\nuid_map: root\nrootfs: /\nread_only: true\nmount_proc: true\n"
                        + "dev: none\nmasked_paths: []\nreadonly_paths: []\n"
                        + "propagation: slave\ntmpfs: [/tmp]\nmounts:\n  - {type: sysfs, target: /sys, read_only: true}\n"
                        + "  - {type: devpts, target: /dev/pts}\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "rootfs-overlay",
                "namespaces: [user, mount]\nuid_map: root\nrootfs: {path: /usr, overlay: tmpfs}\ndev: none\n"
                        + "propagation: unbindable\nmounts: [\"/lib64:/share\", \"/usr/bin:/bin\", \"/usr:/src\"]\n"
                        + "command: [/bin/busybox, \"true\"]\n");
        MORE_SPECS.put("seccomp", "namespaces: [user]\nseccomp: default\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "seccomp-path",
                "namespaces: [user]\nseccomp: {defaultAction: SCMP_ACT_ALLOW, flags: [SECCOMP_FILTER_FLAG_LOG]}\n"
                        + "command: [/bin/true]\n");
        MORE_SPECS.put(
                "seccomp-by-kernel",
                "namespaces: [user]\nseccomp: {defaultAction: SCMP_ACT_ALLOW, syscalls: [{names: [bpf], action:"
                        + " SCMP_ACT_LOG, includes: {minKernel: \"6.0\"}}]}\ncommand: [\"true\"]\n");
        String inside = "namespaces: [user, mount, pid]\nuid_map: root\nmount_proc: true\n";
        MORE_SPECS.put("tty", inside + "tty: true\ncommand: [\"true\"]\n");
        MORE_SPECS.put("no-tty", inside + "tty: false\ncommand: [\"true\"]\n");
        MORE_SPECS.put("init", inside + "init: true\ncommand: [\"true\"]\n");
        MORE_SPECS.put("init-tty", inside + "dev: minimal\ninit: true\ntty: true\ncommand: [\"true\"]\n");
        MORE_SPECS.put(
                "devpts-tty",
                inside + "tty: true\ninit: true\nmounts: [{type: devpts, target: /dev/pts}]\ncommand: [\"true\"]\n");
        for (String propagation : List.of("private", "slave", "shared", "unbindable")) {
            MORE_SPECS.put(
                    propagation, "namespaces: [user, mount]\npropagation: " + propagation + "\ncommand: [\"true\"]\n");
        }
    }

    private static final Map<String, String> ROOT_SPECS = Map.of(
            "become-user",
            "namespaces: [uts]\nuser: 1000:1000\ngroup_add: [4]\ncap_drop: [SYS_ADMIN]\ncap_add: [KILL]\n"
                    + "command: [\"true\"]\n",
            "more-groups",
            "namespaces: []\ngroup_add: [4, 5]\ncommand: [\"true\"]\n",
            "joined",
            "namespaces: [user, {network: /proc/self/ns/net}, {uts: /proc/self/ns/uts}]\ncommand: [\"true\"]\n",
            "among-its-like",
            "namespaces: [mount]\ncap_drop: [ALL]\ncommand: [\"true\"]\n",
            "ranges",
            "namespaces: [user]\nuid_map: [{inside: 0, outside: 0, count: 5}, {inside: 10, outside: 100, count: 7}]\n"
                    + "gid_map: [{inside: 0, outside: 20, count: 3}]\ncommand: [\"true\"]\n",
            "no-user",
            "namespaces: [uts, mount, pid]\nmount_proc: true\nhostname: h\ncommand: [\"true\"]\n");

    static Stream<Arguments> committedSpecs() throws IOException {
        List<Arguments> cases = new ArrayList<>();
        try (Stream<Path> specs = Files.list(Workshop.PROJECT.resolve("specs"))) {
            for (Path spec : (Iterable<Path>) specs.filter(Files::isRegularFile).sorted()::iterator) {
                for (Identity identity : Identity.values()) {
                    cases.add(Arguments.of(identity, spec.getFileName().toString()));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("committedSpecs")
    void theCallsUntilTheCommandRunsAreThoseOfThePlan(Identity identity, String name) throws IOException {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            Path file = workshop.file(name, Files.readString(Workshop.PROJECT.resolve("specs/" + name)));
            Path launcher = workshop.build(file, "launcher");
            Running.Result planned = workshop.run(workshop.nsbox(), "plan", "--syscalls", "--format", "json", file);
            assertThat(planned.err()).isEmpty();
            assertThat(Files.readAllBytes(launcher))
                    .as("what the other tests of this machine run is what `nsbox build` writes")
                    .isEqualTo(Files.readAllBytes(workshop.compile(file, "again")));
            compare(PlannedCalls.read(planned.out()), trace(workshop, launcher), identity);
        }
    }

    static Stream<Arguments> moreSpecs() {
        List<Arguments> cases = new ArrayList<>();
        for (Identity identity : Identity.values()) {
            MORE_SPECS.forEach((name, spec) -> cases.add(Arguments.of(identity, name, spec)));
        }
        ROOT_SPECS.forEach((name, spec) -> cases.add(Arguments.of(Identity.ROOT, name, spec)));
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("moreSpecs")
    void theyAreForEachKeyThatAddsCalls(Identity identity, String name, String spec) {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(name, spec);
            Plan plan = Workshop.plan(workshop.folder().resolve(name + ".yaml"));
            Trace trace = Trace.of(
                    plan, Workshop.arch(), new Caller(identity.id(), identity.id(), identity == Identity.ROOT));
            compare(PlannedCalls.of(trace), trace(workshop, launcher), identity);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theyAreWhereEveryTargetIsMissingAndMade(Identity identity) throws IOException {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            BareRoot root = BareRoot.in(workshop);
            Path launcher = workshop.launcher("missing", BareRoot.SPEC);
            Plan plan = Workshop.plan(workshop.folder().resolve("missing.yaml"));
            Trace trace = Trace.withoutTargets(
                    plan,
                    Workshop.arch(),
                    new Caller(identity.id(), identity.id(), identity == Identity.ROOT),
                    root::lacks);
            assertThat(trace.calls().size())
                    .isGreaterThan(50
                            + Trace.of(plan, Workshop.arch(), new Caller(0, 0, true))
                                    .calls()
                                    .size());
            compare(PlannedCalls.of(trace), trace(workshop, launcher), identity);
        }
    }

    private static StraceLog trace(Workshop workshop, Path launcher) {
        Path log = workshop.file("log", "");
        Running.Result traced = workshop.run("strace", "-f", "-s", "4096", "-o", log, launcher);
        assertThat(traced).isEqualTo(new Running.Result(0, "", ""));
        return StraceLog.read(log);
    }

    @Test
    void foldersOfThePathThatLackTheCommandAreAskedOneByOne() {
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path file = workshop.file(
                    "spec.yaml", "namespaces: [user]\nenvironment: {PATH: \"/nowhere::/bin\"}\ncommand: [\"true\"]\n");
            Path launcher = workshop.build(file, "launcher");
            Path log = workshop.file("log", "");
            assertThat(workshop.run("strace", "-f", "-o", log, launcher).status())
                    .isZero();
            List<StraceLog.Call> child =
                    StraceLog.untilExecuted(StraceLog.read(log).ofSecond());
            assertThat(child.subList(child.size() - 5, child.size()).stream()
                            .map(call -> call.text().replaceAll(" 0x.*", ""))
                            .toList())
                    .containsExactly(
                            "execve(\"/nowhere/true\", [\"true\"],",
                            "faccessat(AT_FDCWD, \"/nowhere/true\", F_OK)",
                            "execve(\"./true\", [\"true\"],",
                            "faccessat(AT_FDCWD, \"./true\", F_OK)",
                            "execve(\"/bin/true\", [\"true\"],");
        }
    }

    /** newuidmap is set-user-ID: only a tracer with privilege lets it be, so root traces. */
    @Test
    void anUnprivilegedAutoRunsTheHelpersAsPlanned() throws IOException {
        Requirements.requireProgram("strace");
        Requirements.requireProgram("newuidmap");
        Requirements.requireProgram("unshare");
        Identity.ROOT.require();
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path file = workshop.file("spec.yaml", "namespaces: [user]\nuid_map: auto\ncommand: [id, -u]\n");
            Path etc = SubordinateIdsOfTests.etc(workshop);
            Path plan = workshop.file("plan.json", "");
            Path log = workshop.file("log", "");
            Running.Result result = workshop.startPlainly(
                            "unshare",
                            "-m",
                            "--propagation",
                            "private",
                            "sh",
                            "-euc",
                            "mount --bind \"$1\" /etc\n"
                                    + "nsbox='setpriv --reuid 1000 --regid 1000 --clear-groups '$2\n"
                                    + "$nsbox build \"$3\" -o launcher\n"
                                    + "$nsbox plan --syscalls --format json \"$3\" >\"$4\"\n"
                                    + "exec strace -f -s 4096 -o \"$5\" -u " + SubordinateIdsOfTests.USER
                                    + " ./launcher",
                            "sh",
                            etc,
                            workshop.nsbox(),
                            file,
                            plan,
                            log)
                    .finish();
            assertThat(result).isEqualTo(new Running.Result(0, "0\n", ""));
            StraceLog straced = StraceLog.read(log);
            compare(PlannedCalls.read(Files.readString(plan)), straced, Identity.USER);
            List<String> helpers = straced.processes().stream()
                    .skip(2)
                    .map(process -> straced.of(process).get(0).text())
                    .map(text ->
                            text.replaceAll("map\", \"\\d+\"", "map\", PID").replaceAll(", 0x.*", ""))
                    .toList();
            assertThat(helpers)
                    .containsExactly(
                            "execve(\"/usr/bin/newgidmap\", [\"newgidmap\", PID, \"0\", \"1000\", \"1\", \"1\","
                                    + " \"200000\", \"65536\"]",
                            "execve(\"/usr/bin/newuidmap\", [\"newuidmap\", PID, \"0\", \"1000\", \"1\", \"1\","
                                    + " \"100000\", \"65536\"]");
        }
    }

    private static void compare(PlannedCalls plan, StraceLog log, Identity identity) {
        List<StraceLog.Call> launcher = log.ofFirst();
        List<PlannedCalls.Planned> ofLauncher = plan.inLauncher();
        // A process that prepares the namespaces is made before the sandbox's first.
        long child = log.processes().get(plan.inStage().isEmpty() ? 1 : 2);
        StraceSpelling spelling = new StraceSpelling(child, identity);
        if (!plan.inStage().isEmpty()) {
            spelling.compare(plan.inStage(), log.ofSecond());
        }
        spelling.compare(ofLauncher, launcher.subList(0, Math.min(launcher.size(), ofLauncher.size())));
        assertThat(launcher.get(ofLauncher.size()).text())
                .as("after what is planned, the launcher waits")
                .startsWith("ppoll([{fd=")
                .contains("events=POLLIN");
        List<StraceLog.Call> sandbox = new ArrayList<>(StraceLog.untilExecuted(log.of(child)));
        // A plan shows one look at one folder of the PATH.
        sandbox.removeIf(call -> call.failed() && List.of("execve", "faccessat").contains(call.name()));
        if (plan.inInit().isEmpty()) {
            spelling.compare(plan.inSandbox(), sandbox);
        } else {
            int started = plan.inSandbox().size();
            spelling.compare(plan.inSandbox(), sandbox.subList(0, started));
            List<StraceLog.Call> init = sandbox.subList(started, sandbox.size());
            spelling.compare(plan.inInit(), init.subList(0, plan.inInit().size()));
            List<StraceLog.Call> command = new ArrayList<>(StraceLog.untilExecuted(
                    log.of(log.processes().get(log.processes().size() - 1))));
            command.removeIf(
                    call -> call.failed() && List.of("execve", "faccessat").contains(call.name()));
            spelling.compare(plan.inCommand(), command);
        }
        if (!plan.inGuard().isEmpty()) {
            // The command under an init is made last, because the sandbox waits for the guard.
            int place = log.processes().size() - (plan.inInit().isEmpty() ? 1 : 2);
            List<StraceLog.Call> guard = log.of(log.processes().get(place));
            int set = plan.inGuard().size();
            int made = Math.min(guard.size(), set);
            spelling.compare(plan.inGuard().subList(0, made), guard.subList(0, made));
            // The guard of a short sandbox may not come to wait.
            if (guard.size() > set) {
                assertThat(guard.get(set).text()).startsWith("ppoll([{fd=");
            }
        }
    }

    /** The JSON of {@code plan --syscalls --format json}. */
    private record PlannedCalls(
            List<Planned> inLauncher,
            List<Planned> inStage,
            List<Planned> inGuard,
            List<Planned> inSandbox,
            List<Planned> inInit,
            List<Planned> inCommand) {
        record Planned(String name, String text) {}

        static PlannedCalls read(String json) {
            List<Planned> launcher = new ArrayList<>();
            List<Planned> stage = new ArrayList<>();
            List<Planned> guard = new ArrayList<>();
            List<Planned> sandbox = new ArrayList<>();
            List<Planned> init = new ArrayList<>();
            List<Planned> command = new ArrayList<>();
            for (JsonNode call : JsonMapper.shared().readTree(json).get("syscalls")) {
                Planned planned = new Planned(
                        call.get("name").asString(), call.get("text").asString());
                switch (call.get("phase").asString()) {
                    case "launcher", "parent" -> launcher.add(planned);
                    case "stage" -> stage.add(planned);
                    case "guard" -> guard.add(planned);
                    case "child" -> sandbox.add(planned);
                    case "init" -> init.add(planned);
                    case "command" -> command.add(planned);
                    default -> assertThat(planned.name()).isEqualTo("execve");
                }
            }
            return new PlannedCalls(launcher, stage, guard, sandbox, init, command);
        }

        static PlannedCalls of(Trace trace) {
            List<Planned> launcher = new ArrayList<>();
            List<Planned> stage = new ArrayList<>();
            List<Planned> guard = new ArrayList<>();
            List<Planned> sandbox = new ArrayList<>();
            List<Planned> init = new ArrayList<>();
            List<Planned> command = new ArrayList<>();
            for (Trace.TracedCall call : trace.calls()) {
                List<Planned> process = switch (call.phase()) {
                    case CHILD -> sandbox;
                    case STAGE -> stage;
                    case GUARD -> guard;
                    case INIT -> init;
                    case COMMAND -> command;
                    default -> launcher;
                };
                process.add(new Planned(call.syscall().word(), call.text()));
            }
            return new PlannedCalls(launcher, stage, guard, sandbox, init, command);
        }
    }

    /** Compares a plan's spelling of calls with strace's, and lets each name of a plan stand for one value. */
    private static final class StraceSpelling {
        private final Map<String, String> values = new TreeMap<>();

        private final boolean blind;

        StraceSpelling(long child, Identity identity) {
            values.put("<pid>", Long.toString(child));
            values.put("<uid>", Long.toString(identity.id()));
            values.put("<gid>", Long.toString(identity.id()));
            // Once it has PR_SET_DUMPABLE off, its memory can only be read with privilege.
            blind = identity != Identity.ROOT;
        }

        void compare(List<PlannedCalls.Planned> planned, List<StraceLog.Call> made) {
            assertThat(made.stream().map(StraceLog.Call::name).toList())
                    .isEqualTo(planned.stream().map(PlannedCalls.Planned::name).toList());
            for (int i = 0; i < made.size(); i++) {
                String real = StraceWords.asPlanned(made.get(i).text());
                assertThat(matches(planned.get(i).text(), real))
                        .as("planned %s\nmade    %s\nvalues  %s", planned.get(i).text(), real, values)
                        .isTrue();
            }
        }

        private boolean matches(String plan, String real) {
            return StraceWords.matches(plan, real, values, blind);
        }
    }
}
