package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubIdRangesTest {

    private static List<SubIdRange> uids(String... lines) {
        FakeTree tree = new FakeTree().with("/etc/subuid", lines);
        return SubIdRanges.read(tree, 1000, Optional.of("alice")).value().uids();
    }

    @Test
    void rangesBelongToTheNameOrTheNumberInFileOrder() {
        assertThat(uids("bob:100000:65536", "alice:300000:10", "1000:200000:20", "alicia:400000:1"))
                .containsExactly(new SubIdRange(300000, 10), new SubIdRange(200000, 20));
    }

    @Test
    void anUnnamedCallerOwnsWhatItsNumberOwns() {
        FakeTree tree = new FakeTree().with("/etc/subgid", "alice:1:1", "1000:200000:20");
        SubIdRanges ranges = SubIdRanges.read(tree, 1000, Optional.empty()).value();
        assertThat(ranges).isEqualTo(new SubIdRanges(List.of(), List.of(new SubIdRange(200000, 20))));
    }

    @Test
    void theFilesThatWereReadAreReported() {
        FakeTree tree = new FakeTree().with("/etc/subuid", "alice:1:1").with("/etc/subgid", "alice:2:2");
        assertThat(SubIdRanges.read(tree, 1000, Optional.of("alice")).files())
                .containsExactly(
                        tree.read("/etc/subuid").orElseThrow(),
                        tree.read("/etc/subgid").orElseThrow());
        assertThat(SubIdRanges.read(tree.without("/etc/subuid"), 1000, Optional.empty())
                        .files())
                .containsExactly(tree.read("/etc/subgid").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alice",
                "alice:100000",
                "alice:100000:65536:",
                "alice::65536",
                "alice:100000:",
                ":100000:65536",
                "alice:x:65536",
                "alice:100000:-1",
                "alice:-1:65536",
                "alice:+-1:65536",
                "alice:0x-1:65536",
                "alice:100000:0",
                "alice:100000 :65536",
                "alice:089:65536",
                "alice:4294967295:1",
                "alice:4294967290:6",
                "alice:1:99999999999999999999",
                "#alice:100000:65536"
            })
    void aMalformedLineIsPassedOver(String line) {
        assertThat(uids(line, "alice:7:1")).containsExactly(new SubIdRange(7, 1));
    }

    @Test
    void aLineOf1024BytesIsTooLongAndOneOf1023IsNot() {
        String owner = "1000";
        String zeros = "0".repeat(1023 - owner.length() - ":017:1".length());
        assertThat(uids(owner + ":0" + zeros + "17:1")).containsExactly(new SubIdRange(15, 1));
        assertThat(uids(owner + ":0" + zeros + "017:1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0x10000, 65536", "0X10, 16", "010, 8", "0, 0", "' 12', 12"})
    void numbersAreWhatStrtoulMakesOfThem(String text, long start) {
        assertThat(uids("alice:" + text + ":1")).containsExactly(new SubIdRange(start, 1));
    }

    @Test
    void theLastIdIs4294967294() {
        assertThat(uids("alice:4294967290:5")).containsExactly(new SubIdRange(4294967290L, 5));
    }

    @Test
    void aRangeThatOverlapsAnEarlierOneIsLeftOut() {
        assertThat(uids("alice:100:10", "1000:109:10", "1000:110:10"))
                .containsExactly(new SubIdRange(100, 10), new SubIdRange(110, 10));
    }

    @Test
    void theFirstFreeIdIsAboveAllRangesAndNotBelow100000() {
        assertThat(SubIdFile.parse(List.of("bob:300000:65536", "alice:100000:65536"))
                        .free())
                .isEqualTo(365536);
        assertThat(SubIdFile.parse(List.of("bob:1000:10")).free()).isEqualTo(100000);
    }

    @Test
    void aRangeThatIsNoneCannotBeMade() {
        assertThatThrownBy(() -> new SubIdRange(5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a range of ids: 5+0");
    }
}
