package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Planner;
import io.nsbox.plan.Registration;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that are refused to launchers of sandboxes with a name, in the background, with limits, and of `nsbox exec`. */
class SeenFaultsIT {
    private static final Map<Identity, Set<String>> MET = new EnumMap<>(Identity.class);
    private static final int ONE = 1;
    private static final int TWO = 2;

    @BeforeEach
    void strace() {
        Requirements.requireProgram("strace");
    }

    private static void refuseAll(Workshop workshop, Path launcher, String out, int atOnce) throws Exception {
        Set<String> met = MET.computeIfAbsent(workshop.identity(), each -> new HashSet<>());
        new SeenFaults(workshop, launcher, new Running.Result(0, out, ""), met).tryAll(atOnce);
    }

    private static Path named(Workshop workshop, boolean detached) {
        String command = SeenFaults.command(workshop).toString();
        Path file = workshop.file("box.yaml", "namespaces: [user, pid]\nuid_map: root\ncommand: [" + command + "]\n");
        Path state = workshop.newFolder("state");
        Registration registration =
                new Registration("box", state.toString(), Map.of("spec.yaml", "the spec\n"), detached);
        return workshop.compile(
                Planner.plan(Workshop.read(file), Planner.Subordinates.NONE, Optional.of(registration)), "box");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theLauncherOfASandboxWithANameTellsEach(Identity identity) throws Exception {
        try (Workshop workshop = Workshop.open(identity)) {
            refuseAll(workshop, named(workshop, false), "", ONE);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theLauncherOfASandboxInTheBackgroundTellsEachToWhoStartedIt(Identity identity) throws Exception {
        try (Workshop workshop = Workshop.open(identity)) {
            refuseAll(workshop, named(workshop, true), "box\n", ONE);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theLauncherThatEntersASandboxTellsEachAndTheSandboxRunsOn(Identity identity) throws Exception {
        try (Workshop workshop = Workshop.open(identity)) {
            String command = SeenFaults.command(workshop).toString();
            Path launcher = workshop.launcher(
                    "running",
                    "namespaces: [user, pid, mount]\nuid_map: root\nmount_proc: true\ndev: minimal\n"
                            + "command: [sh, -c, 'echo ready; exec sleep 300']\n");
            Running sandbox = workshop.start(launcher).says("ready");
            long pid = sleepOf(sandbox);
            Path spec = workshop.folder().resolve("running.yaml");
            Path entry =
                    EntryImage.compile(workshop, "enter", spec, EntryImage.process(spec, pid, sandbox.pid()), command);
            refuseAll(workshop, entry, "", TWO);
            assertThat(sandbox.isAlive()).isTrue();
            sandbox.signal("KILL").finish();
        }
    }

    /** The sandbox's first process, and not the launcher's guard. */
    private static long sleepOf(Running sandbox) throws IOException {
        for (long child : Running.childrenOf(sandbox.pid())) {
            if (Files.readString(Path.of("/proc/" + child + "/comm")).matches("(sh|sleep)\n")) {
                return child;
            }
        }
        throw new AssertionError("there is no such process");
    }

    @Test
    void theLauncherOfASandboxWithLimitsTellsEachAndLeavesNoGroup() throws Exception {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            String command = SeenFaults.command(workshop).toString();
            String name = workshop.folder().getFileName().toString();
            Path launcher = workshop.launcher(
                    name,
                    "namespaces: [pid, cgroup]\nmem_limit: 64m\npids_limit: 9\ncpus: 0.5\ncpuset: 0\nreport: ./report.json\n"
                            + "command: [" + command + "]\n");
            Running.Result tried = workshop.run(launcher);
            Requirements.require(tried.status() == 0, "no control groups can be made here: " + tried.err());
            refuseAll(workshop, launcher, "", TWO);
            assertThat(Leftovers.now(workshop.folder()).cgroups()).noneMatch(group -> group.contains("/nsbox-" + name));
            assertThat(workshop.folder().toFile().list((folder, file) -> file.startsWith(".nsbox-report")))
                    .isEmpty();
        }
    }

    @Test
    void theLauncherThatJoinsNamespacesTellsEach() throws Exception {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            String command = SeenFaults.command(workshop).toString();
            Path launcher = workshop.launcher(
                    "joined",
                    "namespaces: [user, {network: /proc/self/ns/net}, {uts: /proc/self/ns/uts}]\ncommand: [" + command
                            + "]\n");
            refuseAll(workshop, launcher, "", TWO);
        }
    }
}
