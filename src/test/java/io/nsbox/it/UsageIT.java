package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code nsbox top} and {@code nsbox stats}: what a sandbox uses. */
class UsageIT {
    private static final String HEAD = "stop_signal: SIGKILL\ninherit_env: [LC_*]\n";

    private Named named;

    @AfterEach
    void nothingIsLeft() {
        if (named != null) {
            named.close();
        }
    }

    private JsonNode stats() {
        JsonNode all = JsonMapper.builder()
                .build()
                .readTree(named.nsbox("stats", "--format", "json", named.name()).out());
        assertThat(all.size()).isEqualTo(1);
        return all.get(0);
    }

    /** The second shell has no parent in the sandbox any more, and no pid namespace shows that it belongs to it. */
    @Test
    void aSandboxWithLimitsIsAccountedByItsControlGroup() {
        named = Named.open(Identity.ROOT)
                .up(HEAD + "namespaces: []\nmem_limit: 64m\npids_limit: 30\n"
                        + "command: [sh, -c, '(sleep 301 &); exec sleep 300']\n");
        Running.awaitThat("both sleep", () -> stats().get("tasks").asInt() == 2);
        JsonNode stats = stats();
        assertThat(stats.get("name").asString()).isEqualTo(named.name());
        assertThat(stats.get("processes").asInt()).isEqualTo(2);
        assertThat(stats.get("tasks_limit").asInt()).isEqualTo(30);
        assertThat(stats.get("memory_source").asString()).isEqualTo("cgroup");
        assertThat(stats.get("memory_bytes").asLong()).isBetween(1L, 64L << 20);
        assertThat(stats.get("memory_limit_bytes").asLong()).isEqualTo(64L << 20);
        assertThat(stats.get("cpu_seconds").isNumber()).isTrue();
        assertThat(named.nsbox("top", named.name()).out())
                .containsPattern("(?m)^" + named.name()
                        + " +all +- +- +[\\d.]+s +[\\d.]+ [KM]iB +\\(2 processes, 2 tasks of at most 30, memory of at most 64\\.0"
                        + " MiB\\)$")
                .containsPattern("(?m)^" + named.name() + " +\\d+ +\\d+ +S .* sleep 300$")
                .containsPattern("(?m)^" + named.name() + " +\\d+ +\\d+ +S .* sleep 301$");
        assertThat(named.nsbox("stats", named.name()).out())
                .startsWith("NAME ")
                .containsPattern("(?m)^" + named.name()
                        + " +2 +2 of 30 +[\\d.]+s +[\\d.]+ [KM]iB +64\\.0 MiB +([\\d.]+ [KM]iB|-) +cgroup$");
    }

    /** Nothing of an init can be looked at by an ordinary user. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSandboxWithoutLimitsIsAccountedByItsProcesses(Identity identity) {
        named = Named.open(identity)
                .up(HEAD + "namespaces: [user, pid, mount]\nuid_map: root\nmount_proc: true\ninit: true\n"
                        + "command: [sleep, '300']\n");
        Running entered = named.start(named.execution("sleep", "302"));
        Running.awaitThat("it is entered", () -> stats().get("processes").asInt() == 3);
        assertThat(stats().toString())
                .contains("\"tasks\":null,\"tasks_limit\":null,", "\"cpu_source\":\"processes\",")
                .contains("\"memory_source\":\"processes\",\"memory_limit_bytes\":null,\"memory_peak_bytes\":null,");
        assertThat(named.nsbox("top").out())
                .containsPattern("(?m)^" + named.name() + " +all .*\\(3 processes\\)$")
                .containsPattern("(?m)^" + named.name() + " +\\d+ +\\d+ +S .* sleep 302$");
        assertThat(named.nsbox("kill", named.name()).status()).isZero();
        assertThat(entered.finish().status()).isEqualTo(137);
        assertThat(named.nsbox("stats", named.name()).err())
                .isEqualTo("nsbox: error: the sandbox '" + named.name() + "' is not running\n");
    }
}
