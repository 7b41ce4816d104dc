package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** One change to a machine that gives everything, and what it takes away. */
class RulesTest {
    private static final Verdict.Status NO = Verdict.Status.NO;
    private static final Verdict.Status UNKNOWN = Verdict.Status.UNKNOWN;
    private static final Verdict.Status YES = Verdict.Status.YES;

    private static Verdict verdict(FakeTree tree, String key) {
        return verdict(tree, "amd64", key);
    }

    private static Verdict verdict(FakeTree tree, String osArch, String key) {
        return Doctor.read(HostFacts.read(tree, osArch)).verdicts().stream()
                .filter(verdict -> verdict.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static Verdict no(String key, String reason, String... fixes) {
        return new Verdict(key, NO, reason, List.of(fixes));
    }

    @Test
    void aKernelBelowTheFloorIsTooOld() {
        assertThat(verdict(FakeMachines.debian().with("/proc/sys/kernel/osrelease", "5.11.22-1-pve"), "linux"))
                .isEqualTo(no("linux", "this is Linux 5.11, nsbox needs 5.12", "boot Linux 5.12 or later"));
        assertThat(verdict(FakeMachines.debian().with("/proc/sys/kernel/osrelease", "5.12.0"), "linux")
                        .status())
                .isEqualTo(YES);
    }

    @Test
    void anotherMachineThanTheTwoHasNoLauncher() {
        assertThat(verdict(FakeMachines.debian(), "riscv64", "linux"))
                .isEqualTo(no(
                        "linux", "launchers are made for x86_64 and aarch64, this is riscv64", "use such a machine"));
        assertThat(verdict(FakeMachines.debian(), "aarch64", "linux").status()).isEqualTo(YES);
    }

    @Test
    void timeNamespacesCameWithLinux56() {
        FakeTree old = FakeMachines.debian()
                .without("/proc/self/ns/time")
                .with("/proc/sys/kernel/osrelease", "5.4.0-190-generic");
        assertThat(verdict(old, "namespaces: time"))
                .isEqualTo(no(
                        "namespaces: time",
                        "this kernel has no time namespaces, they came with Linux 5.6",
                        "boot Linux 5.12 or later, built with CONFIG_TIME_NS=y"));
    }

    @Test
    void aNamespaceThatTheKernelWasBuiltWithoutTakesItsKeysAlong() {
        FakeTree tree = FakeMachines.debianRoot().without("/proc/self/ns/uts");
        String fix = "boot Linux 5.12 or later, built with CONFIG_UTS_NS=y";
        assertThat(verdict(tree, "namespaces: uts"))
                .isEqualTo(no("namespaces: uts", "this kernel has no uts namespaces", fix));
        assertThat(verdict(tree, "hostname")).isEqualTo(no("hostname", "needs `uts`", fix));
        assertThat(verdict(tree, "namespaces: ipc").status()).isEqualTo(YES);
    }

    @Test
    void aLimitOfZeroAllowsNoneEvenToRoot() {
        FakeTree root = FakeMachines.debianRoot().with("/proc/sys/user/max_net_namespaces", "0");
        assertThat(verdict(root, "namespaces: network"))
                .isEqualTo(no(
                        "namespaces: network",
                        "user.max_net_namespaces = 0 allows none",
                        "sysctl -w user.max_net_namespaces=10000"));
        FakeTree alice = FakeMachines.debian().with("/proc/sys/user/max_user_namespaces", "0");
        assertThat(verdict(alice, "namespaces: user"))
                .isEqualTo(no(
                        "namespaces: user",
                        "user.max_user_namespaces = 0 allows none",
                        "sudo sysctl -w user.max_user_namespaces=10000"));
        assertThat(verdict(alice, "namespaces: ipc").reason()).isEqualTo("needs root, or `user`");
    }

    @Test
    void debiansSysctlKeepsUserNamespacesForRoot() {
        assertThat(verdict(
                        FakeMachines.debian().with("/proc/sys/kernel/unprivileged_userns_clone", "0"),
                        "namespaces: user"))
                .isEqualTo(no(
                        "namespaces: user",
                        "kernel.unprivileged_userns_clone = 0 keeps them for root",
                        "sudo sysctl -w kernel.unprivileged_userns_clone=1"));
        assertThat(verdict(
                                FakeMachines.debianRoot().with("/proc/sys/kernel/unprivileged_userns_clone", "0"),
                                "namespaces: user")
                        .status())
                .isEqualTo(YES);
    }

    @Test
    void appArmorsRestrictionTouchesNeitherRootNorACallerWithAProfile() {
        FakeTree root = FakeMachines.ubuntu()
                .with("/proc/self/status", FakeMachines.status(0, FakeMachines.ALL_CAPABILITIES, 0, 0));
        assertThat(verdict(root, "namespaces: user").status()).isEqualTo(YES);
        FakeTree profile = FakeMachines.ubuntu().with("/proc/self/attr/apparmor/current", "vscode (unconfined)");
        assertThat(verdict(profile, "namespaces: user").status()).isEqualTo(YES);
        FakeTree inside =
                FakeMachines.ubuntu().with("/proc/self/attr/apparmor/current", "unprivileged_userns (enforce)");
        assertThat(verdict(inside, "namespaces: user").status()).isEqualTo(NO);
    }

    @Test
    void withoutAnAccountTheProfileNamesAppArmorsHomeVariable() {
        assertThat(verdict(FakeMachines.ubuntu().without("/etc/passwd"), "namespaces: user")
                        .fixes())
                .contains("load an AppArmor profile with `userns,` for @{HOME}/.cache/nsbox/**");
    }

    @Test
    void aSeccompFilterAloneLeavesItOpen() {
        FakeTree tree =
                FakeMachines.debian().with("/proc/self/status", FakeMachines.status(1000, "0000000000000000", 0, 2));
        assertThat(verdict(tree, "namespaces: user"))
                .isEqualTo(new Verdict(
                        "namespaces: user",
                        UNKNOWN,
                        "a seccomp filter may refuse it",
                        List.of("in Docker or Podman: run the container with --security-opt seccomp=unconfined")));
    }

    @Test
    void anEnforcedProfileAloneLeavesItOpen() {
        FakeTree tree = FakeMachines.debianRoot().with("/proc/self/attr/apparmor/current", "lxc (enforce)");
        assertThat(verdict(tree, "namespaces: mount"))
                .isEqualTo(new Verdict(
                        "namespaces: mount",
                        UNKNOWN,
                        "the AppArmor profile lxc (enforce) may refuse it",
                        List.of("in Docker or Podman: run the container with --security-opt apparmor=unconfined")));
    }

    @Test
    void aChrootHasNoUserNamespaces() {
        FakeTree tree =
                FakeMachines.debian().with("/proc/self/mountinfo", "25 30 0:23 / /proc rw,relatime - proc proc rw");
        assertThat(verdict(tree, "namespaces: user"))
                .isEqualTo(no(
                        "namespaces: user",
                        "the caller is in a chroot, where the kernel makes no user namespaces",
                        "run nsbox outside of the chroot"));
    }

    @Test
    void aCallerThatIsNotMappedMakesNoUserNamespace() {
        FakeTree tree = FakeMachines.debian().with("/proc/self/uid_map", "0 1000 1");
        assertThat(verdict(tree, "namespaces: user"))
                .isEqualTo(no(
                        "namespaces: user",
                        "the caller's uid or gid is not mapped in the user namespace it is in",
                        "map the caller's ids where that user namespace is made"));
    }

    @Test
    void aRangeThatAnOuterUserNamespaceLacksCannotBeMapped() {
        FakeTree tree = FakeMachines.debian().with("/proc/self/uid_map", "0 100000 65536");
        assertThat(verdict(tree, "uid_map: auto"))
                .isEqualTo(no(
                        "uid_map: auto",
                        "the range 100000-165535 of /etc/subuid is not mapped in the user namespace the caller is in",
                        "give that user namespace (the container) these ids, or write a range that it has to"
                                + " /etc/subuid"));
        assertThat(verdict(tree.with("/etc/subuid", "alice:2000:60000"), "uid_map: auto")
                        .status())
                .isEqualTo(YES);
    }

    @Test
    void missingRangesAreAddedAboveAllOthers() {
        FakeTree tree = FakeMachines.debian().with("/etc/subuid", "bob:100000:65536");
        assertThat(verdict(tree, "uid_map: auto"))
                .isEqualTo(no(
                        "uid_map: auto",
                        "/etc/subuid has no range for alice",
                        "sudo usermod --add-subuids 165536-231071 alice"));
        assertThat(verdict(tree, "gid_map: auto").status()).isEqualTo(YES);
        tree.with("/etc/subgid", "bob:300000:65536");
        assertThat(verdict(tree, "gid_map: ranges"))
                .isEqualTo(no(
                        "gid_map: ranges",
                        "/etc/subgid has no range for alice",
                        "sudo usermod --add-subuids 365536-431071 --add-subgids 365536-431071 alice"));
    }

    @Test
    void aMissingFileIsMadeFirstBecauseUsermodDoesNot() {
        assertThat(verdict(FakeMachines.debian().without("/etc/subgid"), "gid_map: auto"))
                .isEqualTo(no(
                        "gid_map: auto",
                        "/etc/subgid has no range for alice",
                        "sudo touch /etc/subgid && sudo usermod --add-subgids 165536-231071 alice"));
    }

    @Test
    void aCallerWithoutAnAccountIsNamedByNumber() {
        FakeTree tree = FakeMachines.debian().without("/etc/passwd");
        assertThat(verdict(tree, "uid_map: auto"))
                .isEqualTo(no(
                        "uid_map: auto",
                        "/etc/subuid has no range for uid 1000",
                        "echo 1000:165536:65536 | sudo tee -a /etc/subuid /etc/subgid"));
    }

    @Test
    void newuidmapComesFromAPackage() {
        FakeTree tree = FakeMachines.debian().without("/usr/bin/newuidmap");
        assertThat(verdict(tree, "uid_map: auto"))
                .isEqualTo(no("uid_map: auto", "newuidmap is not installed", "sudo apt-get install uidmap"));
        assertThat(verdict(tree, "uid_map: root").status()).isEqualTo(YES);
        tree.with("/etc/os-release", "ID=\"rocky\"", "ID_LIKE=\"rhel centos fedora\"");
        assertThat(verdict(tree, "uid_map: auto").fixes()).containsExactly("sudo dnf install shadow-utils");
        tree.without("/etc/os-release").without("/usr/bin/newgidmap");
        assertThat(verdict(tree, "gid_map: ranges"))
                .isEqualTo(no(
                        "gid_map: ranges",
                        "newgidmap is not installed",
                        "install the package with newuidmap and newgidmap: `uidmap` or `shadow`"));
    }

    @Test
    void newuidmapWithoutSetuidCanOnlyBeTried() {
        FakeTree tree = FakeMachines.debian().owned("/usr/bin/newuidmap", 0755, 0);
        assertThat(verdict(tree, "uid_map: ranges"))
                .isEqualTo(new Verdict(
                        "uid_map: ranges",
                        UNKNOWN,
                        "/usr/bin/newuidmap is not setuid root; whether it has file capabilities only a try can tell",
                        List.of("sudo setcap cap_setuid+ep /usr/bin/newuidmap")));
    }

    @Test
    void newuidmapGetsNoPrivilegeUnderNoNewPrivsOrOnANosuidMount() {
        FakeTree tree =
                FakeMachines.debian().with("/proc/self/status", FakeMachines.status(1000, "0000000000000000", 1, 0));
        assertThat(verdict(tree, "uid_map: auto"))
                .isEqualTo(no(
                        "uid_map: auto",
                        "no_new_privs is set for the caller, so /usr/bin/newuidmap gets no privilege",
                        "run nsbox from a process without no_new_privs"));
        FakeTree nosuid = FakeMachines.debian()
                .with(
                        "/proc/self/mountinfo",
                        "30 1 8:1 / / rw,nosuid,relatime - ext4 /dev/sda1 rw",
                        "25 30 0:23 / /proc rw,relatime - proc proc rw");
        assertThat(verdict(nosuid, "gid_map: auto"))
                .isEqualTo(no(
                        "gid_map: auto",
                        "/usr/bin/newgidmap is on a nosuid mount, so it gets no privilege",
                        "mount that file system without nosuid"));
    }

    @Test
    void userZeroIsMappedOnlyWithTheRightToSetFileCapabilities() {
        String allButSetfcap = "000001ff7fffffff";
        FakeTree tree =
                FakeMachines.debianRoot().with("/proc/self/status", FakeMachines.status(0, allButSetfcap, 0, 0));
        assertThat(verdict(tree, "uid_map: root"))
                .isEqualTo(no(
                        "uid_map: root",
                        "the caller is user 0 without CAP_SETFCAP, which mapping user 0 takes",
                        "give the caller CAP_SETFCAP, or run as another user"));
        assertThat(verdict(tree, "gid_map: root").status()).isEqualTo(YES);
        assertThat(verdict(tree, "uid_map: ranges").status()).isEqualTo(YES);
    }

    @Test
    void oneOfTheTwoCapabilitiesIsNotEnoughToWriteMaps() {
        String allButSetgid = "000001ffffffffbf";
        FakeTree tree = FakeMachines.debianRoot().with("/proc/self/status", FakeMachines.status(0, allButSetgid, 0, 0));
        assertThat(verdict(tree, "uid_map: ranges").reason()).isEqualTo("/etc/subuid has no range for root");
        assertThat(verdict(FakeMachines.debianRoot(), "uid_map: ranges").status())
                .isEqualTo(YES);
    }

    @Test
    void aReadOnlyProcTakesMapsAndANewProcInAUserNamespace() {
        FakeTree tree = FakeMachines.debianRoot()
                .with(
                        "/proc/self/mountinfo",
                        "30 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw",
                        "25 30 0:23 / /proc ro,relatime - proc proc rw");
        assertThat(verdict(tree, "uid_map: keep-id"))
                .isEqualTo(no(
                        "uid_map: keep-id",
                        "/proc is read-only, so no map can be written",
                        "mount -o remount,rw /proc"));
        assertThat(verdict(tree, "mount_proc").status()).isEqualTo(YES);
        assertThat(verdict(tree, "mount_proc with user"))
                .isEqualTo(no(
                        "mount_proc with user",
                        "in a user namespace the kernel refuses a new procfs while the visible one is read-only, not"
                                + " relatime, or only a part",
                        "mount -o remount,rw,relatime /proc"));
    }

    @Test
    void aMaskedProcMattersToRootOnlyInsideAUserNamespace() {
        FakeTree tree = FakeMachines.debianRoot()
                .with(
                        "/proc/self/mountinfo",
                        "30 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw",
                        "25 30 0:23 / /proc rw,relatime - proc proc rw",
                        "38 25 0:57 / /proc/acpi ro,relatime - tmpfs tmpfs ro");
        assertThat(verdict(tree, "mount_proc").status()).isEqualTo(YES);
        assertThat(verdict(tree, "mount_proc with user").reason())
                .isEqualTo("in a user namespace the kernel refuses a new procfs while the visible one is masked"
                        + " (/proc/acpi)");
        tree.with("/proc/self/uid_map", "0 100000 65536").with("/proc/self/gid_map", "0 100000 65536");
        assertThat(verdict(tree, "mount_proc").status()).isEqualTo(NO);
    }
}
