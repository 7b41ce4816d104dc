package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerFactsTest {

    @Test
    void everyFieldComesFromItsLine() {
        FakeTree tree = new FakeTree()
                .with(
                        "/proc/self/status",
                        "Name:\tUid: 7",
                        "Uid:\t1000\t1001\t1002\t1003",
                        "Gid:\t2000\t2001\t2002\t2003",
                        "Groups:\t4 24 4294967294 ",
                        "CapEff:\t0000000000200080",
                        "CapBnd:\t000001ffffffffff",
                        "NoNewPrivs:\t1",
                        "Seccomp:\t2",
                        "Cpus_allowed_list:\t3-5,7");
        CallerFacts caller = CallerFacts.read(tree).orElseThrow();
        assertThat(caller)
                .isEqualTo(new CallerFacts(
                        1001, 2001, 1000, 2000, java.util.List.of(4L, 24L, 4294967294L), 0x200080, true, 2, 3));
        assertThat(caller.has(Capability.CAP_SYS_ADMIN)).isTrue();
        assertThat(caller.has(Capability.CAP_SETUID)).isTrue();
        assertThat(caller.has(Capability.CAP_SETGID)).isFalse();
    }

    @Test
    void theHighestCapabilityBitIsReadAsUnsigned() {
        FakeTree tree = new FakeTree().with("/proc/self/status", FakeMachines.status(0, "ffffffffffffffff", 0, 0));
        assertThat(CallerFacts.read(tree).orElseThrow().capabilities()).isEqualTo(-1L);
    }

    @Test
    void noGroupsIsAnEmptyList() {
        FakeTree tree = new FakeTree().with("/proc/self/status", "Uid:\t0\t0\t0\t0", "Gid:\t0\t0\t0\t0", "Groups:\t ");
        assertThat(CallerFacts.read(tree).orElseThrow().groups()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Uid:\t0",
                "Uid:\tx\tx\tx\tx\nGid:\t0\t0\t0\t0",
                "Uid:\t0\t-1\t0\t0\nGid:\t0\t0\t0\t0",
                "Uid:\t0\t0\t0\t0"
            })
    void whatIsNotAStatusFileGivesNoCaller(String text) {
        assertThat(CallerFacts.read(new FakeTree().with("/proc/self/status", text)))
                .isEmpty();
    }

    @Test
    void withoutProcThereIsNoCaller() {
        assertThat(CallerFacts.read(new FakeTree())).isEmpty();
    }
}
