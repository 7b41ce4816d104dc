package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the doctor says of whole machines; the expected reports are files, so that a reader sees them as a user does. */
class DoctorTest {
    /** How many specs are tried for somebody without privilege: all but those of joining, which takes some. */
    private static final int SPECS = 56;

    private static HostFacts facts(FakeTree tree) {
        return HostFacts.read(tree, "amd64");
    }

    @ParameterizedTest
    @CsvSource({"ubuntu", "container", "debian-root"})
    void aMachineHasExactlyThisReport(String machine) {
        FakeTree tree = switch (machine) {
            case "ubuntu" -> FakeMachines.ubuntu();
            case "container" -> FakeMachines.container();
            default -> FakeMachines.debianRoot();
        };
        Golden.compare(
                Path.of("src/test/resources/doctor", machine + ".txt"),
                DoctorText.print(Doctor.read(facts(tree)), false));
    }

    @Test
    void anUnprivilegedDebianUserHasEverythingOnceItsGroupIsDelegated() {
        DoctorReport report = Doctor.read(facts(FakeMachines.delegated()));
        assertThat(report.verdicts()).allMatch(verdict -> verdict.status() == Verdict.Status.YES);
        assertThat(report.allWorks()).isTrue();
        assertThat(report.verdicts())
                .filteredOn(verdict -> verdict.reason().equals("together with `user`"))
                .extracting(Verdict::key)
                .containsExactly(
                        "namespaces: cgroup",
                        "namespaces: ipc",
                        "namespaces: mount",
                        "namespaces: network",
                        "namespaces: pid",
                        "namespaces: time",
                        "namespaces: uts",
                        "hostname",
                        "domainname",
                        "mount_proc",
                        "propagation",
                        "network: loopback",
                        "rootfs",
                        "read_only",
                        "mounts: bind",
                        "mounts: overlay",
                        "mounts: file",
                        "mounts: mqueue",
                        "mounts: sysfs",
                        "mounts: cgroup",
                        "tmpfs",
                        "dev: minimal",
                        "devices",
                        "masked_paths",
                        "readonly_paths",
                        "cap_drop",
                        "sysctls: net",
                        "sysctls: ipc",
                        "time_offsets");
    }

    @Test
    void limitsTakeAControllerThatTheCallerMayUse() {
        String[] keys = {"mem_limit", "memswap_limit", "mem_reservation", "cpus", "cpuset", "cpu_weight", "pids_limit"};
        assertThat(Doctor.read(facts(FakeMachines.debian())).verdicts())
                .filteredOn(verdict -> verdict.status() == Verdict.Status.NO)
                .extracting(Verdict::key)
                .containsExactly(keys);
        assertThat(Doctor.read(facts(FakeMachines.debian().with("/sys/fs/cgroup/cgroup.controllers", "pids")))
                        .verdicts())
                .contains(new Verdict(
                        "cpus",
                        Verdict.Status.NO,
                        "no hierarchy of control groups has the controller cpu here (v2)",
                        List.of()));
    }

    @Test
    void colourPaintsTheVerdictsOnly() {
        DoctorReport report = new DoctorReport(
                List.of(new DoctorReport.Fact("machine", "Linux")),
                List.of(
                        Verdict.yes("a"),
                        new Verdict("b", Verdict.Status.NO, "it is off", List.of("turn it on")),
                        new Verdict("c", Verdict.Status.UNKNOWN, "who knows", List.of("turn it on"))),
                true);
        assertThat(DoctorText.print(report, true)).isEqualTo("""
                        this machine
                          machine  Linux

                        what a spec may ask for here
                          a  \u001b[32myes\u001b[0m
                          b  \u001b[31mno\u001b[0m: it is off
                             fix: turn it on
                          c  \u001b[33munknown\u001b[0m: who knows; fix: as for `b`

                        keys that are not listed ask nothing of the machine
                        """);
    }

    @Test
    void aRunThatWorksSetsAMistakenRuleRight() {
        DoctorReport report =
                Doctor.examine(facts(FakeMachines.container()), spec -> new ProbeResult(true, "", List.of()));
        assertThat(report.allWorks()).isTrue();
        assertThat(report.tried()).isTrue();
    }

    @Test
    void aRunThatFailsSaysWhatItMet() {
        DoctorReport report = Doctor.examine(
                facts(FakeMachines.debian()),
                spec -> spec.key().equals("namespaces: time")
                        ? new ProbeResult(false, "step 1 of 3 refused", List.of("boot another kernel"))
                        : new ProbeResult(true, "", List.of()));
        assertThat(report.verdicts())
                .filteredOn(verdict -> verdict.status() != Verdict.Status.YES)
                .containsExactly(new Verdict(
                        "namespaces: time",
                        Verdict.Status.NO,
                        "tried: step 1 of 3 refused",
                        List.of("boot another kernel")));
        assertThat(report.allWorks()).isFalse();
    }

    @Test
    void aRunThatFailsKeepsTheReasonThatTheFilesGive() {
        HostFacts facts = facts(FakeMachines.ubuntu());
        DoctorReport tried = Doctor.examine(facts, spec -> new ProbeResult(false, "refused", List.of("do this")));
        assertThat(tried.verdicts().get(1))
                .isEqualTo(Doctor.read(facts).verdicts().get(1));
    }

    @Test
    void aRunThatFailsTurnsUnknownIntoNoAndKeepsTheFix() {
        HostFacts facts = facts(FakeMachines.container());
        DoctorReport tried = Doctor.examine(facts, spec -> new ProbeResult(false, "refused", List.of("do this")));
        assertThat(tried.verdicts().get(1))
                .isEqualTo(new Verdict(
                        "namespaces: user",
                        Verdict.Status.NO,
                        "tried: refused",
                        List.of("in Docker or Podman: run the container with --security-opt seccomp=unconfined"
                                + " --security-opt apparmor=unconfined")));
    }

    @Test
    void theSpecsThatAreTriedAskForOneThingEach() {
        List<String> specs = new ArrayList<>();
        Doctor.examine(facts(FakeMachines.debian()), spec -> {
            specs.add(spec.key() + "\n" + spec.yaml());
            return new ProbeResult(true, "", List.of());
        });
        assertThat(specs)
                .contains(
                        "namespaces: user\nnamespaces: [user]\ncommand: [/bin/sh, -c, \":\"]\n",
                        "namespaces: uts\nnamespaces: [user, uts]\ncommand: [/bin/sh, -c, \":\"]\n",
                        "mount_proc\nnamespaces: [user, mount, pid]\nmount_proc: true\n"
                                + "command: [/bin/sh, -c, \":\"]\n",
                        "uid_map: auto\nnamespaces: [user]\nuid_map: auto\ngid_map: root\n"
                                + "command: [/bin/sh, -c, \":\"]\n",
                        "gid_map: keep-id\nnamespaces: [user]\ngid_map: keep-id\nuid_map: keep-id\n"
                                + "command: [/bin/sh, -c, \":\"]\n",
                        "gid_map: ranges\nnamespaces: [user]\ngid_map: [{inside: 0, outside: 1000}, {inside: 1,"
                                + " outside: 100000}]\nuid_map: root\ncommand: [/bin/sh, -c, \":\"]\n",
                        "mounts: sysfs\nnamespaces: [user, mount, network]\nuid_map: root\n"
                                + "mounts: [{type: sysfs, target: /tmp}]\nworking_dir: /\n"
                                + "command: [/bin/sh, -c, \":\"]\n",
                        "user\nnamespaces: [user]\nuid_map: auto\nuser: \"1:1\"\ncommand: [/bin/sh, -c, \":\"]\n",
                        "seccomp\nnamespaces: []\nseccomp: default\ncommand: [/bin/sh, -c, \":\"]\n")
                .hasSize(SPECS);
    }

    @Test
    void rootTriesWithoutAUserNamespaceAndMapsAnyOtherId() {
        List<String> specs = new ArrayList<>();
        Doctor.examine(facts(FakeMachines.debianRoot()), spec -> {
            specs.add(spec.yaml());
            return new ProbeResult(true, "", List.of());
        });
        assertThat(specs)
                .contains(
                        "namespaces: [uts]\nhostname: doctor\ncommand: [/bin/sh, -c, \":\"]\n",
                        "namespaces: [mount, pid]\nmount_proc: true\ncommand: [/bin/sh, -c, \":\"]\n",
                        "namespaces: [user, mount, pid]\nmount_proc: true\ncommand: [/bin/sh, -c, \":\"]\n",
                        "namespaces: [user]\nuid_map: [{inside: 0, outside: 0}, {inside: 1, outside: 1}]\n"
                                + "gid_map: root\ncommand: [/bin/sh, -c, \":\"]\n");
    }

    @Test
    void withoutRangesThereIsNoSpecToTryThemWith() {
        List<String> keys = new ArrayList<>();
        Doctor.examine(facts(FakeMachines.debian().without("/etc/subuid")), spec -> {
            keys.add(spec.key());
            return new ProbeResult(true, "", List.of());
        });
        assertThat(keys).doesNotContain("uid_map: ranges").contains("gid_map: ranges");
    }

    @Test
    void withoutProcNothingIsToldButThatItIsMissing() {
        DoctorReport report = Doctor.read(facts(new FakeTree()));
        assertThat(report.verdicts().get(0))
                .isEqualTo(new Verdict(
                        "linux",
                        Verdict.Status.NO,
                        "/proc is not mounted, and nsbox needs it",
                        List.of("mount -t proc proc /proc")));
        assertThat(report.verdicts().subList(1, report.verdicts().size()))
                .allMatch(verdict -> verdict.status() == Verdict.Status.UNKNOWN);
        assertThat(report.facts()).contains(new DoctorReport.Fact("caller", "unknown"));
    }

    @Test
    void thisMachineGivesACompleteReportWithAFixForEachRefusal() {
        DoctorReport report = Doctor.read(HostFacts.read(HostTree.at(Path.of("/")), System.getProperty("os.arch")));
        assertThat(report.verdicts()).extracting(Verdict::key).contains("linux", "namespaces: user", "uid_map: auto");
        assertThat(report.verdicts())
                .allSatisfy(verdict ->
                        assertThat(verdict.fixes().isEmpty()).isEqualTo(verdict.status() == Verdict.Status.YES));
        assertThat(report.facts())
                .extracting(DoctorReport.Fact::name)
                .containsExactly(
                        "machine",
                        "caller",
                        "user namespace",
                        "restraints",
                        "subordinate ids",
                        "id map helpers",
                        "/",
                        "/proc",
                        "cgroups");
    }
}
