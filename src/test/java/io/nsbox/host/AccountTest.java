package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountTest {

    @Test
    void theFirstAccountWithTheUidIsTheCallers() {
        FakeTree tree = new FakeTree()
                .with(
                        "/etc/passwd",
                        "root:x:0:0:root:/root:/bin/bash",
                        "alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash",
                        "alias:x:1000:1000::/home/alias:/bin/bash");
        Reading<Optional<Account>> reading = Account.lookUp(tree, 1000);
        assertThat(reading.value()).contains(new Account("alice", 1000, "/home/alice"));
        assertThat(reading.files()).containsExactly(tree.read("/etc/passwd").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#alice:x:1000:1000::/home/alice:/bin/sh",
                "+alice:x:1000:1000::/home/alice:/bin/sh",
                "-alice:x:1000:1000::/home/alice:/bin/sh",
                ":x:1000:1000::/home/alice:/bin/sh",
                "alice:x:1000:1000::/home/alice",
                "alice:x:1000:1000::/home/alice:/bin/sh:more",
                "alice:x:10000:1000::/home/alice:/bin/sh"
            })
    void whatIsNotTheCallersLineIsPassedOver(String line) {
        FakeTree tree = new FakeTree().with("/etc/passwd", line, "bob:x:1000:1000::/home/bob:/bin/sh");
        assertThat(Account.lookUp(tree, 1000).value()).contains(new Account("bob", 1000, "/home/bob"));
    }

    @Test
    void withoutPasswdThereIsNoAccountAndNoFile() {
        assertThat(Account.lookUp(new FakeTree(), 0)).isEqualTo(new Reading<>(Optional.empty(), java.util.List.of()));
    }
}
