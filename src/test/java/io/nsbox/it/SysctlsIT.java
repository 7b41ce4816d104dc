package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code sysctls} are set inside, and only there. */
class SysctlsIT {
    @ParameterizedTest
    @EnumSource(Identity.class)
    void theyAreSetInTheNewNamespacesAndNotOutside(Identity identity) throws IOException {
        Path outside = Path.of("/proc/sys/kernel/shmmni");
        String before = Files.readString(outside);
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, network, ipc]\nuid_map: root\nsysctls:\n  net.ipv4.ip_forward: 1\n"
                            + "  kernel.shmmni: 77\n  kernel.sem: 10 20 30 40\n  fs.mqueue.msg_max: 11\n"
                            + "command: [sh, -c, \"cd /proc/sys; cat net/ipv4/ip_forward kernel/shmmni kernel/sem"
                            + " fs/mqueue/msg_max\"]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "1\n77\n10\t20\t30\t40\n11\n", ""));
        }
        assertThat(Files.readString(outside)).isEqualTo(before).isNotEqualTo("77\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatTheKernelRefusesIsToldWithItsLine(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path value = workshop.launcher(
                    "value",
                    "namespaces: [user, network]\nuid_map: root\nsysctls:\n  net.ipv4.ip_forward: many\ncommand: [id]\n");
            assertThat(workshop.run(value).err())
                    .contains(
                            "refused: set the kernel parameter net.ipv4.ip_forward to many: EINVAL (Invalid argument)\n")
                    .contains("value.yaml:4:3\n")
                    .contains("= help: the kernel does not take this value\n");
            Path missing = workshop.launcher(
                    "missing",
                    "namespaces: [user, network]\nuid_map: root\nsysctls: {net.not.there: 1}\ncommand: [id]\n");
            assertThat(workshop.run(missing).status()).isEqualTo(125);
            assertThat(workshop.run(missing).err()).contains("ENOENT (No such file or directory)\n");
        }
    }
}
