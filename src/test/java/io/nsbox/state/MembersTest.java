package io.nsbox.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the files of a process say (proc(5)). */
class MembersTest {
    private static final String BEFORE = " S 4711 1 1 0 -1 4194560 100 0 0 0 7 5 0 0 20 0 1 0 12345 8192000 ";

    @Test
    void memoryIsCountedInKilobytesWhateverAPageIs() {
        assertThat(Members.parse(
                        42,
                        "42 (sh)" + BEFORE + "10 0",
                        "Name:\tsh\nVmRSS:\t     160 kB\nThreads:\t1\n",
                        "sh\0-c\0:\0"))
                .isEqualTo(new Member(42, 4711, "S", 12, 160 * 1024, "sh -c :"));
    }

    @Test
    void aNameMayHoldAnything() {
        assertThat(Members.parse(42, "42 (a) R 1 (b)" + BEFORE + "0 0", "Name:\ta) R 1 (b\n", ""))
                .isEqualTo(new Member(42, 4711, "S", 12, 0, "[a) R 1 (b]"));
    }
}
