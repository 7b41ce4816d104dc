package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules on procfs were also tried on Linux 6.18 with util-linux's unshare(1). */
class MountFactsTest {
    private static final String ROOT = "30 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw";
    private static final String PROC = "25 30 0:23 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw";

    private static MountFacts mounts(String... lines) {
        return MountFacts.read(new FakeTree().with("/proc/self/mountinfo", lines));
    }

    @Test
    void aLineHasItsFields() {
        assertThat(mounts(
                                "36 35 98:0 /a\\040b /mnt\\134x rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue")
                        .mounts())
                .containsExactly(new MountEntry(
                        "/a b",
                        "/mnt\\x",
                        List.of("rw", "noatime"),
                        List.of("shared:1", "master:2"),
                        "ext3",
                        List.of("rw", "errors=continue")));
    }

    @Test
    void whatIsNoLineOfMountinfoIsPassedOver() {
        assertThat(mounts("", "36 35 98:0 / /mnt rw", "36 35 98:0 / - ext3 x y", "1 2 3 / / rw - ext3 x")
                        .mounts())
                .isEmpty();
    }

    @Test
    void theRootIsSharedIfTheMountThatShowsIs() {
        assertThat(mounts(ROOT).rootShared()).isTrue();
        assertThat(mounts(ROOT, "31 30 8:2 / / rw,relatime master:1 - ext4 /dev/sda2 rw")
                        .rootShared())
                .isFalse();
        assertThat(mounts().rootShared()).isFalse();
    }

    @Test
    void aRootThatIsNoMountIsAChroot() {
        assertThat(mounts(PROC).chrooted()).isTrue();
        assertThat(mounts(ROOT).chrooted()).isFalse();
        assertThat(mounts().chrooted()).isFalse();
    }

    @Test
    void aPlainProcHidesNothing() {
        assertThat(mounts(ROOT, PROC).procHidden()).isEmpty();
    }

    @Test
    void mountsOverFoldersThatAreEmptyForEverDoNotCount() {
        assertThat(mounts(
                                ROOT,
                                PROC,
                                "37 25 0:32 / /proc/sys/fs/binfmt_misc rw,relatime - autofs systemd-1 rw",
                                "38 25 0:33 / /proc/fs/nfsd rw,relatime - nfsd nfsd rw")
                        .procHidden())
                .isEmpty();
    }

    @Test
    void mountsBelowProcHideWhatTheyLieOver() {
        assertThat(mounts(
                                ROOT,
                                PROC,
                                "37 25 0:23 /sys /proc/sys ro,relatime - proc proc rw",
                                "38 25 0:57 / /proc/acpi ro,relatime - tmpfs tmpfs ro",
                                "39 30 0:58 / /processes rw,relatime - tmpfs tmpfs rw")
                        .procHidden())
                .containsExactly("/proc/sys", "/proc/acpi");
    }

    @Test
    void anotherProcThatIsWhollyVisibleIsEnough() {
        assertThat(mounts(
                                ROOT,
                                PROC,
                                "38 25 0:57 / /proc/acpi ro,relatime - tmpfs tmpfs ro",
                                "39 30 0:23 / /dev/.lxc/proc rw,relatime - proc proc rw")
                        .procHidden())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "25 30 0:23 / /proc ro,relatime - proc proc rw",
                "25 30 0:23 / /proc rw,noatime - proc proc rw",
                "25 30 0:23 / /proc rw - proc proc rw",
                "25 30 0:23 /self /proc rw,relatime - proc proc rw"
            })
    void aProcThatIsStricterThanANewOneHidesItself(String proc) {
        assertThat(mounts(ROOT, proc).procHidden()).containsExactly("/proc");
    }

    @Test
    void withoutAnyProcItIsHidden() {
        assertThat(mounts(ROOT).procHidden()).containsExactly("/proc");
    }

    @Test
    void setuidHasNoEffectOnTheNearestMountIfItIsNosuid() {
        MountFacts facts = mounts(
                ROOT,
                "40 30 8:3 / /usr rw,nosuid,relatime - ext4 /dev/sda3 rw",
                "41 40 8:4 / /usr/local rw,relatime - ext4 /dev/sda4 rw");
        assertThat(facts.nosuid("/usr/bin/newuidmap")).isTrue();
        assertThat(facts.nosuid("/usr/local/bin/newuidmap")).isFalse();
        assertThat(facts.nosuid("/usrlocal")).isFalse();
    }
}
