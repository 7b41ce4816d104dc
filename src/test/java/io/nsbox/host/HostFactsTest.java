package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostFactsTest {

    @Test
    void aMachinesFactsComeFromItsFiles() {
        HostFacts facts = HostFacts.read(FakeMachines.ubuntu(), "amd64");
        assertThat(facts.caller().orElseThrow().uid()).isEqualTo(1000);
        assertThat(facts.account()).contains(new Account("alice", 1000, "/home/alice"));
        assertThat(facts.subIds().uids()).containsExactly(new SubIdRange(100000, 65536));
        assertThat(facts.freeSubUid()).contains(165536L);
        assertThat(facts.newuidmap()).contains(new IdMapHelper("/usr/bin/newuidmap", true));
        assertThat(facts.kernel()).contains(new KernelVersion(6, 8));
        assertThat(facts.machine()).isEqualTo("x86_64");
        assertThat(facts.distribution()).isEqualTo(Set.of("ubuntu", "debian"));
        assertThat(facts.inUserNamespace()).isFalse();
        assertThat(facts.namespaces()).containsExactlyInAnyOrder(NamespaceKind.values());
        assertThat(facts.limits()).hasSize(8).containsEntry(NamespaceKind.MOUNT, 31175L);
        assertThat(facts.security())
                .isEqualTo(new SecurityFacts(
                        List.of("lockdown", "capability", "landlock", "yama", "apparmor"),
                        Optional.of("unconfined"),
                        true,
                        false));
        assertThat(facts.mounts().rootShared()).isTrue();
        assertThat(facts.cgroups().mode()).isEqualTo(CgroupFacts.Mode.V2);
    }

    @Test
    void anEmptyMachineHasNoFactsAndNoErrors() {
        HostFacts facts = HostFacts.read(new FakeTree(), "aarch64");
        assertThat(facts.caller()).isEmpty();
        assertThat(facts.account()).isEmpty();
        assertThat(facts.subIds()).isEqualTo(new SubIdRanges(List.of(), List.of()));
        assertThat(facts.freeSubUid()).isEmpty();
        assertThat(facts.release()).isEmpty();
        assertThat(facts.kernel()).isEmpty();
        assertThat(facts.machine()).isEqualTo("aarch64");
        assertThat(facts.inUserNamespace()).isFalse();
        assertThat(facts.namespaces()).isEmpty();
        assertThat(facts.limits()).isEmpty();
        assertThat(facts.security()).isEqualTo(new SecurityFacts(List.of(), Optional.empty(), false, false));
        assertThat(facts.has(Capability.CAP_SYS_ADMIN)).isFalse();
    }

    @Test
    void aMapThatIsNotEverythingIsAnotherUserNamespace() {
        HostFacts facts =
                HostFacts.read(FakeMachines.debian().with("/proc/self/uid_map", "0 1000 1", "1 100000 65536"), "amd64");
        assertThat(facts.inUserNamespace()).isTrue();
        assertThat(facts.uidMap()).containsExactly(new IdMapping(0, 1000, 1), new IdMapping(1, 100000, 65536));
    }

    @Test
    void linesThatAreNoMapAndLimitsThatAreNoNumbersArePassedOver() {
        HostFacts facts = HostFacts.read(
                FakeMachines.debian()
                        .with("/proc/self/uid_map", "0 1000", "a b c", "0 0 4294967295")
                        .with("/proc/sys/user/max_uts_namespaces", "many"),
                "amd64");
        assertThat(facts.uidMap()).containsExactly(IdMapping.EVERYTHING);
        assertThat(facts.limits()).doesNotContainKey(NamespaceKind.UTS);
    }

    @Test
    void thisMachineHasACallerAKernelAndNamespaces() {
        HostFacts facts = HostFacts.read(HostTree.at(Path.of("/")), System.getProperty("os.arch"));
        assertThat(facts.caller()).isPresent();
        assertThat(facts.kernel()).isPresent();
        assertThat(facts.namespaces()).contains(NamespaceKind.MOUNT, NamespaceKind.PID);
        assertThat(facts.uidMap()).isNotEmpty();
        assertThat(facts.mounts().mounts()).isNotEmpty();
    }
}
