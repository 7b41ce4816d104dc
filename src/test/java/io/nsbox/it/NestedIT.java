package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A launcher inside a sandbox makes a sandbox inside it. */
class NestedIT {
    private static final String ALL = "namespaces: all\nuid_map: root\nmount_proc: true\n";

    @ParameterizedTest
    @EnumSource(Identity.class)
    void threeSandboxesInEachOtherPassStatusAndOutputOn(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String inside = "echo \"$$ $(id -u) $(hostname)\"; exit 42";
            workshop.launcher("inner", ALL + "hostname: inner\ncommand: [sh, -c, '" + inside + "']\n");
            workshop.launcher("middle", ALL + "hostname: middle\ncommand: [sh, -c, 'hostname; exec ./inner']\n");
            Path outer = workshop.launcher("outer", ALL + "hostname: outer\ncommand: [./middle]\n");
            assertThat(workshop.run(outer)).isEqualTo(new Running.Result(42, "middle\n1 0 inner\n", ""));
            Leftovers.assertNoProcess(workshop.mark(), "three sandboxes");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigtermGoesThroughToTheInnermostCommand(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher(
                    "inner",
                    ALL
                            + "command: [sh, -c, 'trap \"echo bye; exit 9\" TERM; echo ready; while :; do sleep 0.02; done']\n");
            Path outer = workshop.launcher("outer", ALL + "command: [./inner]\n");
            Running running = workshop.start(outer).says("ready").signal("TERM");
            assertThat(running.finish()).isEqualTo(new Running.Result(9, "ready\nbye\n", ""));
            Leftovers.assertNoProcess(workshop.mark(), "SIGTERM");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigintEndsAnInnermostPidOneThatDoesNotHandleIt(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher("inner", ALL + "command: [sh, -c, echo ready; exec sleep 300]\n");
            Path outer = workshop.launcher("outer", ALL + "command: [./inner]\n");
            Running running = workshop.start(outer).says("ready").signal("INT");
            assertThat(running.finish()).isEqualTo(new Running.Result(130, "ready\n", ""));
            Leftovers.assertNoProcess(workshop.mark(), "SIGINT");
        }
    }

    /** There the numbers of /proc are not those of the inner launcher. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void soItDoesWhereTheInnerLauncherSeesTheProcOfAnotherPidNamespace(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String namespaces = "namespaces: [user, pid]\n";
            workshop.launcher("inner", namespaces + "command: [sh, -c, echo ready; exec sleep 300]\n");
            Path outer = workshop.launcher("outer", namespaces + "uid_map: root\ncommand: [./inner]\n");
            Running running = workshop.start(outer).says("ready").signal("INT");
            assertThat(running.finish()).isEqualTo(new Running.Result(130, "ready\n", ""));
            Leftovers.assertNoProcess(workshop.mark(), "SIGINT");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void sigkillOfTheOutermostEndsAll(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher("inner", ALL + "command: [sh, -c, echo ready; exec sleep 300]\n");
            Path outer = workshop.launcher("outer", ALL + "command: [./inner]\n");
            Running running = workshop.start(outer).says("ready").signal("KILL");
            assertThat(running.finish().status()).isEqualTo(137);
            Leftovers.assertNoProcess(workshop.mark(), "SIGKILL");
        }
    }
}
