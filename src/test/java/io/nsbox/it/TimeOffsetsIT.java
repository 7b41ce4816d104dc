package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code time_offsets}: the command is in the shifted namespace, the launcher is not. */
class TimeOffsetsIT {
    private static final String SHIFTED = "time_offsets: {monotonic: 1d, boottime: 2h30m}\n";

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theClocksInsideAreShiftedAndTheLaunchersAreNot(Identity identity) {
        Requirements.requireFile("/proc/self/ns/time");
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, time]\nuid_map: root\n" + SHIFTED
                            + "command: [sh, -c, \"cat /proc/self/timens_offsets; readlink /proc/self/ns/time;"
                            + " cut -d. -f1 /proc/uptime; read line\"]\n");
            Running running =
                    workshop.start("sh", "-c", "cut -d. -f1 /proc/uptime; readlink /proc/self/ns/time; " + launcher);
            Running.Result result = running.finish();
            List<String> lines = result.out().lines().toList();
            assertThat(lines.subList(2, 4))
                    .containsExactly("monotonic       86400         0", "boottime         9000         0");
            assertThat(lines.get(4)).isNotEqualTo(lines.get(1));
            assertThat(Long.parseLong(lines.get(5)) - Long.parseLong(lines.get(0)))
                    .isBetween(9000L, 9100L);
        }
    }

    @Test
    void withoutAUserNamespaceRootCanDoItToo() {
        Requirements.requireFile("/proc/self/ns/time");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path launcher = workshop.launcher(
                    "box", "namespaces: [time]\n" + SHIFTED + "command: [cat, /proc/self/timens_offsets]\n");
            assertThat(workshop.run(launcher).out()).contains("86400").contains("9000");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aClockBelowZeroIsRefusedWithItsLineAndNothingStays(Identity identity) {
        Requirements.requireFile("/proc/self/ns/time");
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box", "namespaces: [user, time]\ntime_offsets: {monotonic: -30000d}\ncommand: [id]\n");
            Running.Result refused = workshop.run(launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err())
                    .contains("ERANGE (Numerical result out of range)\n")
                    .contains("box.yaml:2:1\n")
                    .contains("= help: the clock would be below 0 or beyond what the kernel counts\n");
            Leftovers.assertNoProcess(workshop.mark(), "a refused shift");
        }
    }

    /** The launcher supervises a process that it did not make itself: status, signals and its own death reach it. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void theSandboxIsSupervisedAsAnyOther(Identity identity) {
        Requirements.requireFile("/proc/self/ns/time");
        try (Workshop workshop = Workshop.open(identity)) {
            String box = "namespaces: [user, time, pid]\nuid_map: root\n" + SHIFTED;
            Path seven = workshop.launcher("seven", box + "command: [sh, -c, exit 7]\n");
            assertThat(workshop.run(seven).status()).isEqualTo(7);
            Path trap = workshop.launcher(
                    "trap",
                    box + "command: [sh, -c, \"trap 'exit 9' USR1; echo ready; while :; do sleep 0.05; done\"]\n");
            Running running = workshop.start(trap).says("ready");
            assertThat(running.signal("USR1").finish().status()).isEqualTo(9);
            Running killed = workshop.start(trap).says("ready");
            killed.signal("KILL").finish();
            Running.awaitThat("the sandbox is gone", () -> {
                try {
                    Leftovers.assertNoProcess(workshop.mark(), "a killed launcher");
                    return true;
                } catch (AssertionError e) {
                    return false;
                }
            });
        }
    }
}
