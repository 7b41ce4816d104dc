package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.host.CgroupFacts.Mode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CgroupFactsTest {
    private static final String V2 = "34 24 0:29 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw";

    private static CgroupFacts cgroups(FakeTree tree) {
        tree.with("/proc/self/status", FakeMachines.status(1000, "0", 0, 0));
        return CgroupFacts.read(tree, MountFacts.read(tree), CallerFacts.read(tree));
    }

    @Test
    void onlyV2() {
        CgroupFacts cgroups = cgroups(new FakeTree()
                .with("/proc/self/mountinfo", V2)
                .with("/proc/self/cgroup", "0::/user.slice/app")
                .with("/sys/fs/cgroup/cgroup.controllers", "memory cpu"));
        assertThat(cgroups)
                .isEqualTo(new CgroupFacts(
                        Mode.V2,
                        Set.of("cpu", "memory"),
                        Map.of(),
                        Optional.of("/user.slice/app"),
                        Optional.of("/sys/fs/cgroup/user.slice/app"),
                        false));
        assertThat(cgroups.controllers()).containsExactly("cpu", "memory");
    }

    @Test
    void bothVersionsAtOnce() {
        CgroupFacts cgroups = cgroups(new FakeTree()
                .with(
                        "/proc/self/mountinfo",
                        "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct",
                        "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd",
                        "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate")
                .with("/proc/self/cgroup", "2:cpu,cpuacct:/a", "1:name=systemd:/b", "0::/")
                .with("/sys/fs/cgroup/unified/cgroup.controllers", ""));
        assertThat(cgroups)
                .isEqualTo(new CgroupFacts(
                        Mode.HYBRID,
                        Set.of(),
                        Map.of("cpu", "/sys/fs/cgroup/cpu,cpuacct", "cpuacct", "/sys/fs/cgroup/cpu,cpuacct"),
                        Optional.of("/"),
                        Optional.of("/sys/fs/cgroup/unified"),
                        false));
    }

    @Test
    void onlyV1() {
        CgroupFacts cgroups = cgroups(new FakeTree()
                .with("/proc/self/mountinfo", "32 31 0:29 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids")
                .with("/proc/self/cgroup", "8:pids:/"));
        assertThat(cgroups.mode()).isEqualTo(Mode.V1);
        assertThat(cgroups.v1Controllers()).isEqualTo(Map.of("pids", "/sys/fs/cgroup/pids"));
        assertThat(cgroups.ownGroup()).isEmpty();
    }

    @Test
    void noneAtAll() {
        assertThat(cgroups(new FakeTree()))
                .isEqualTo(new CgroupFacts(Mode.NONE, Set.of(), Map.of(), Optional.empty(), Optional.empty(), false));
    }

    @Test
    void aGroupIsDelegatedIfTheCallerOwnsItsThreeFiles() {
        FakeTree tree = new FakeTree()
                .with("/proc/self/mountinfo", V2)
                .with("/proc/self/cgroup", "0::/mine")
                .owned("/sys/fs/cgroup/mine", 0755, 1000)
                .owned("/sys/fs/cgroup/mine/cgroup.procs", 0644, 1000)
                .owned("/sys/fs/cgroup/mine/cgroup.subtree_control", 0644, 1000);
        assertThat(cgroups(tree).delegated()).isTrue();
        assertThat(cgroups(tree.owned("/sys/fs/cgroup/mine/cgroup.procs", 0644, 0))
                        .delegated())
                .isFalse();
    }

    @Test
    void aMountOfAPartOfTheTreeShowsTheGroupBelowIt() {
        FakeTree tree = new FakeTree()
                .with("/proc/self/mountinfo", V2.replace(" / /sys", " /docker/abc /sys"))
                .with("/proc/self/cgroup", "0::/docker/abc/x");
        assertThat(cgroups(tree).ownGroupFolder()).contains("/sys/fs/cgroup/x");
        assertThat(cgroups(tree.with("/proc/self/cgroup", "0::/docker/abc")).ownGroupFolder())
                .contains("/sys/fs/cgroup");
        assertThat(cgroups(tree.with("/proc/self/cgroup", "0::/docker/abcd")).ownGroupFolder())
                .isEmpty();
        assertThat(cgroups(tree.with("/proc/self/mountinfo", V2).with("/proc/self/cgroup", "0::/../other"))
                        .ownGroupFolder())
                .isEmpty();
    }
}
