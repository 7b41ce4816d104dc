package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** S7: what a root has in the place of a procfs would swallow them, and see what they are. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRootsOwnProcIsNotWhereTheyAreWritten(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            BusyboxRoot.in(workshop, "rootfs");
            for (String folder : new String[] {"proc", "proc/sys", "proc/sys/kernel"}) {
                workshop.newFolder("rootfs/" + folder);
            }
            Path prey = workshop.file("rootfs/proc/sys/kernel/shmmni", "untouched\n");
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, mount, pid, ipc]\nuid_map: root\nrootfs: ./rootfs\ndev: none\n"
                            + "sysctls: {kernel.shmmni: 77}\nmounts: [{type: proc, target: /own}]\n"
                            + "command: [cat, /proc/sys/kernel/shmmni, /own/sys/kernel/shmmni]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "untouched\n77\n", ""));
            assertThat(Files.readString(prey)).isEqualTo("untouched\n");
        }
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

    /** The kernel gives the parameters of ipc to user 0 inside, whom the caller is not there. */
    @ParameterizedTest
    @ValueSource(strings = {"", "tmpfs: [/tmp]\nmasked_paths: [/etc/passwd]\n", "mount_proc: true\n"})
    void theyAreSetUnderRangesThatLeaveTheCallerOut(String files) {
        Identity.ROOT.require();
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            String ids = "[{inside: 0, outside: 100000, count: 10}]\n";
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, network, ipc, mount, pid]\nuid_map: " + ids + "gid_map: " + ids
                            + "user: \"5:6\"\nworking_dir: /\n" + files
                            + "sysctls: {net.ipv4.ip_forward: 1, kernel.shmmni: 77, fs.mqueue.msg_max: 11}\n"
                            + "command: [sh, -c, \"id -u; cd /proc/sys; cat net/ipv4/ip_forward kernel/shmmni"
                            + " fs/mqueue/msg_max\"]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "5\n1\n77\n11\n", ""));
        }
    }

    @Test
    void aCallerWhoIsNotRootInsideIsToldWhoMaySetThoseOfIpc() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher(
                    "box", "namespaces: [user, ipc]\nuid_map: keep-id\nsysctls: {kernel.shmmni: 77}\ncommand: [id]\n");
            Running.Result result = workshop.run(launcher);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .endsWith(" refused: set the kernel parameter kernel.shmmni to 77: EACCES (Permission denied)\n"
                            + "  --> box.yaml:3:11\n   |\n 3 | sysctls: {kernel.shmmni: 77}\n   |           ^^^^^^^^^^^^^\n"
                            + "   = note: the call was openat(AT_FDCWD, \"/proc/sys/kernel/shmmni\", O_WRONLY|O_CLOEXEC)\n"
                            + "   = help: user 0 of the user namespace alone may set it: map 0 to the caller, as uid_map: root"
                            + " does\n");
        }
    }
}
