package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code ulimits}, as prlimit(1) sees them. */
class UlimitsIT {
    private static final String USER = "namespaces: [user]\nuid_map: root\n";

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theCommandHasTheLimitsOfTheSpec(Identity identity) {
        Requirements.requireProgram("prlimit");
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    USER + "ulimits: {nofile: {soft: 16, hard: 32}, core: 0, cpu: 1m, fsize: 1g, as: 2GiB, rttime: 5ms,"
                            + " stack: {soft: 8m, hard: 16m}}\n"
                            + "command: [prlimit, --noheadings, --raw, -o, \"RESOURCE,SOFT,HARD\", --nofile, --core, --cpu,"
                            + " --fsize, --as, --rttime, --stack]\n");
            assertThat(workshop.run(launcher).out().lines())
                    .containsExactlyInAnyOrder(
                            "NOFILE 16 32",
                            "CORE 0 0",
                            "CPU 60 60",
                            "FSIZE 1073741824 1073741824",
                            "AS 2147483648 2147483648",
                            "RTTIME 5000 5000",
                            "STACK 8388608 16777216");
        }
    }

    /** Neither the set-up's own files nor those that Landlock's rules are made of count. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void limitsThatLeaveNothingForTheSetUpDoNotHinderIt(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [user, network]\nuid_map: root\nulimits: {nofile: 4}\n"
                            + "landlock: {read: [/], execute: [/]}\ncommand: [sh, -c, ulimit -n]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "4\n", ""));
        }
    }

    @Test
    void aLimitAboveTheCallersIsRefusedWithItsLine() {
        Requirements.requireProgram("prlimit");
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path launcher = workshop.launcher("box", USER + "ulimits:\n  nofile: 200\ncommand: [id]\n");
            Running.Result refused = workshop.run("prlimit", "--nofile=100:100", launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.err())
                    .contains("refused: allow a limit nofile of 200: EPERM (Operation not permitted)\n")
                    .contains("box.yaml:4:3\n")
                    .contains("= help: this is above the caller's hard limit");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theSoftLimitMayRiseToTheCallersHardOne(Identity identity) {
        Requirements.requireProgram("prlimit");
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher("box", USER + "ulimits: {nofile: 200}\ncommand: [sh, -c, ulimit -n]\n");
            assertThat(workshop.run("prlimit", "--nofile=100:200", launcher))
                    .isEqualTo(new Running.Result(0, "200\n", ""));
        }
    }
}
