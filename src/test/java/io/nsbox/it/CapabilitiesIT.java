package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code cap_drop} and {@code cap_add}, as /proc/PID/status and capsh(1) see them. */
class CapabilitiesIT {
    private static final String USER = "namespaces: [user]\nuid_map: root\n";
    private static final String STATUS = "command: [grep, Cap, /proc/self/status]\n";
    private static final long KILL = 1L << 5;
    private static final long NET_BIND_SERVICE = 1L << 10;
    private static final long NET_RAW = 1L << 13;

    private static Map<String, Long> sets(Running.Result result) {
        assertThat(result.status()).as(result.toString()).isZero();
        Map<String, Long> sets = new TreeMap<>();
        result.out().lines().forEach(line -> sets.put(line.substring(3, 6), Long.parseLong(line.substring(8), 16)));
        return sets;
    }

    private static Map<String, Long> expected(long bounding, long permitted, long ambient) {
        return new TreeMap<>(
                Map.of("Bnd", bounding, "Prm", permitted, "Eff", permitted, "Inh", ambient, "Amb", ambient));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void allCanBeDroppedAndSomeGivenBack(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path none = workshop.launcher("none", USER + "cap_drop: [ALL]\n" + STATUS);
            assertThat(sets(workshop.run(none))).isEqualTo(expected(0, 0, 0));
            Path two = workshop.launcher(
                    "two", USER + "cap_drop: [ALL]\ncap_add: [CAP_KILL, net_bind_service]\n" + STATUS);
            long both = KILL | NET_BIND_SERVICE;
            assertThat(sets(workshop.run(two))).isEqualTo(expected(both, both, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void oneCanBeDroppedAndTheOthersStay(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            long all =
                    sets(workshop.run(workshop.launcher("all", USER + STATUS))).get("Bnd");
            Path launcher = workshop.launcher("box", USER + "cap_drop: [NET_RAW]\n" + STATUS);
            assertThat(sets(workshop.run(launcher))).isEqualTo(expected(all & ~NET_RAW, all & ~NET_RAW, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoIsNotRootInsideGetsThemAmbient(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user]\nuid_map: [{inside: 7, outside: " + identity.id() + "}]\ngid_map: [{inside: 7,"
                            + " outside: " + identity.id() + "}]\ncap_drop: [ALL]\ncap_add: [KILL]\n" + STATUS);
            assertThat(sets(workshop.run(launcher))).isEqualTo(expected(KILL, KILL, KILL));
        }
    }

    @Test
    void aUserThatRootBecomesGetsThemAmbientAndWithoutCapAddNone() {
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            String user = "namespaces: []\nuser: 1000:1000\n";
            Path some = workshop.launcher("some", user + "cap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE]\n" + STATUS);
            assertThat(sets(workshop.run(some)))
                    .isEqualTo(expected(NET_BIND_SERVICE, NET_BIND_SERVICE, NET_BIND_SERVICE));
            Path none = workshop.launcher("none", user + "cap_drop: [NET_RAW]\n" + STATUS);
            Map<String, Long> sets = sets(workshop.run(none));
            assertThat(sets).containsEntry("Prm", 0L).containsEntry("Eff", 0L).containsEntry("Amb", 0L);
            assertThat(sets.get("Bnd") & NET_RAW).isZero();
        }
    }

    /** S15: what the caller would hand down by its inheritable and ambient sets stays outside. */
    @Test
    void nothingIsInherited() {
        Requirements.requireProgram("capsh");
        assertThat(setsUnderACallerThatHandsDown("namespaces: []\n", "--reuid", "1000", "--clear-groups"))
                .containsEntry("Inh", 0L)
                .containsEntry("Amb", 0L)
                .containsEntry("Eff", 0L);
    }

    /** S15: likewise where the sets are set, because a capability is taken away. */
    @Test
    void nothingIsInheritedWhereCapabilitiesAreDropped() {
        assertThat(setsUnderACallerThatHandsDown("namespaces: []\ncap_drop: [NET_RAW]\n"))
                .containsEntry("Inh", 0L)
                .containsEntry("Amb", 0L);
    }

    /** The sets of a command whose caller has CAP_KILL in those that are handed down, and is changed by setpriv(1) so. */
    private static Map<String, Long> setsUnderACallerThatHandsDown(String spec, String... changes) {
        Requirements.requireProgram("setpriv");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path launcher = workshop.launcher("box", spec + STATUS);
            List<Object> words = new ArrayList<>(List.of("setpriv"));
            words.addAll(List.of(changes));
            words.addAll(List.of("--inh-caps", "+kill", "--ambient-caps", "+kill"));
            words.addAll(List.of("sh", "-c", "grep Cap /proc/self/status; exec " + launcher));
            Running.Result inherited = workshop.run(words.toArray());
            List<String> lines = inherited.out().lines().toList();
            assertThat(lines).startsWith("CapInh:\t0000000000000020").hasSize(10);
            return sets(new Running.Result(0, String.join("\n", lines.subList(5, 10)) + "\n", ""));
        }
    }

    @Test
    void capshSeesWhatTheSpecSays() {
        Requirements.requireProgram("capsh");
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher =
                    workshop.launcher("box", USER + "cap_drop: [ALL]\ncap_add: [CHOWN]\ncommand: [capsh, --print]\n");
            assertThat(workshop.run(launcher).out())
                    .startsWith("Current: cap_chown=ep\nBounding set =cap_chown\nAmbient set =\n");
        }
    }

    @Test
    void aCapabilityThatTheCallerLacksIsRefusedByItsName() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher("box", "namespaces: []\ncap_add: [NET_ADMIN]\ncommand: [id]\n");
            Running.Result refused = workshop.run(launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.err())
                    .contains("refused: keep the capabilities CAP_NET_ADMIN: EPERM (Operation not permitted)\n")
                    .contains("box.yaml:2:1\n")
                    .contains("= note: the call was cap_add CAP_NET_ADMIN\n")
                    .contains("= help: the caller does not have it");
            Path all = workshop.launcher("all", "namespaces: []\ncap_add: [ALL]\ncommand: [id]\n");
            assertThat(workshop.run(all).status()).isEqualTo(125);
            Path drop = workshop.launcher("drop", "namespaces: []\ncap_drop: [KILL]\ncommand: [id]\n");
            assertThat(workshop.run(drop).err()).contains("= help: this takes CAP_SETPCAP");
        }
    }
}
