package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code report}: what it says of each way in which a run ends. */
class ReportIT {
    private static final String SPEC = "namespaces: [user, pid]\nuid_map: root\nreport: ./report.json\n";
    private static final String NO_PID = "namespaces: [user]\nuid_map: root\nreport: ./report.json\n";

    private static Report report(Workshop workshop) {
        return Report.of(workshop.folder().resolve("report.json"));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anExitIsReportedWithItsTimes(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Instant before = Instant.now();
            Path launcher = workshop.launcher("box", SPEC + "command: [sh, -c, sleep 0.2; exit 7]\n");
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(7, "", ""));
            Report report = report(workshop);
            assertThat(report.reason()).isEqualTo("exited");
            assertThat(report.get("name").asString()).isEqualTo("box");
            assertThat(report.get("status").asInt()).isEqualTo(7);
            assertThat(report.get("exit_code").asInt()).isEqualTo(7);
            assertThat(report.get("signal").isNull()).isTrue();
            assertThat(report.get("step").isNull()).isTrue();
            assertThat(report.number("wall_time")).isGreaterThanOrEqualTo(0.2);
            assertThat(report.number("start_time"))
                    .isBetween((double) before.getEpochSecond(), Instant.now().getEpochSecond() + 1.0);
            assertThat(report.number("end_time") - report.number("start_time")).isGreaterThanOrEqualTo(0.19);
            assertThat(report.get("peak_memory_source").asString()).isEqualTo("max_rss");
            assertThat(report.get("peak_memory").asLong()).isGreaterThan(100_000);
            assertThat(report.get("minor_faults").asLong()).isPositive();
            assertThat(report.get("voluntary_switches").asLong()).isPositive();
            assertThat(report.get("oom_kills").isNull()).isTrue();
            assertThat(report.get("pids_peak").isNull()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSignalIsReported(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher("box", NO_PID + "command: [sh, -c, kill -SEGV $$]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(139);
            assertThat(report(workshop).toString())
                    .contains(
                            "\"reason\":\"signalled\",\"status\":139,\"exit_code\":null,\"signal\":11,\"signal_name\":\"SIGSEGV\"");
        }
    }

    /** An init itself exits, with 128 + n. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void underAnInitTheReportIsAboutTheCommand(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    SPEC
                            + "init: true\nulimits: {fsize: 64k, core: 0}\ncommand: [dd, if=/dev/zero, of=filled, bs=4k]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(128 + 25);
            assertThat(report(workshop).toString())
                    .contains(
                            "\"reason\":\"limit\",\"status\":153,\"exit_code\":null,\"signal\":25,\"signal_name\":\"SIGXFSZ\"");
            Path exiting = workshop.launcher("box", SPEC + "init: true\ncommand: [sh, -c, exit 137]\n");
            assertThat(workshop.run(exiting).status()).isEqualTo(137);
            assertThat(report(workshop).toString()).contains("\"reason\":\"exited\",\"status\":137,\"exit_code\":137");
        }
    }

    /** What waitid(2) tells then is the init's own, and would read as a command that did nothing. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatACommandUsedThatIsKilledWithItsInitIsNotKnown(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    SPEC + "init: true\ntimeout: 300ms\nstop_grace_period: 0s\n"
                            + "command: [sh, -c, \"trap '' TERM; while :; do :; done\"]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(124);
            Report report = report(workshop);
            assertThat(report.reason()).isEqualTo("timeout");
            assertThat(report.get("signal").asInt()).isEqualTo(9);
            for (String field : List.of(
                    "user_time",
                    "system_time",
                    "peak_memory",
                    "peak_memory_source",
                    "minor_faults",
                    "major_faults",
                    "voluntary_switches",
                    "involuntary_switches")) {
                assertThat(report.get(field).isNull()).as(field).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aTimeoutIsReported(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box", SPEC + "timeout: 300ms\nstop_grace_period: 0s\ncommand: [sleep, \"60\"]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(124);
            Report report = report(workshop);
            assertThat(report.reason()).isEqualTo("timeout");
            assertThat(report.get("signal").asInt()).isEqualTo(9);
            assertThat(report.number("wall_time")).isGreaterThanOrEqualTo(0.3);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRefusedStepIsReportedWithItsLine(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher("box", SPEC + "working_dir: '/no \"such\"'\ncommand: [id]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(125);
            Report report = report(workshop);
            assertThat(report.reason()).isEqualTo("setup");
            assertThat(report.get("status").asInt()).isEqualTo(125);
            assertThat(report.get("step").toString())
                    .contains(
                            "\"title\":\"change to /no \\\"such\\\"\",\"call\":\"chdir(\\\"/no \\\\\\\"such\\\\\\\"\\\")\","
                                    + "\"file\":\"box.yaml\",\"line\":4,\"column\":1,\"errno\":2,\"error\":\"ENOENT\"");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aCommandThatIsNotFoundIsReported(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher("box", SPEC + "command: [no-such-program]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(127);
            assertThat(report(workshop).reason()).isEqualTo("setup");
            assertThat(report(workshop).get("status").asInt()).isEqualTo(127);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoFillsTheDiskIsEndedByTheLimitOfAFile(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box", NO_PID + "ulimits: {fsize: 64k, core: 0}\ncommand: [dd, if=/dev/zero, of=filled, bs=4k]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(128 + 25);
            assertThat(report(workshop).reason()).isEqualTo("limit");
            assertThat(report(workshop).get("signal_name").asString()).isEqualTo("SIGXFSZ");
            assertThat(Files.size(workshop.folder().resolve("filled"))).isEqualTo(65536);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoSpinsIsEndedByTheLimitOfProcessorTime(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            for (String spec : List.of(SPEC, NO_PID)) {
                Path launcher = workshop.launcher(
                        "box",
                        spec + "timeout: 1m\nulimits: {cpu: 1s, core: 0}\ncommand: [sh, -c, 'while :; do :; done']\n");
                workshop.run(launcher);
                Report report = report(workshop);
                assertThat(report.reason()).as(report.toString()).isEqualTo("limit");
                assertThat(report.number("user_time") + report.number("system_time"))
                        .isBetween(0.5, 3.0);
            }
        }
    }

    /** A shell exits with 128 + n, and its own reason would tell nobody anything. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aLimitThatEndsWhatAShellRunsIsTheReasonWhereThereIsSuchALimit(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String fill = "command: [sh, -c, 'cat /dev/zero >filled; exit $?']\n";
            Path filler = workshop.launcher("box", SPEC + "ulimits: {fsize: 64k, core: 0}\n" + fill);
            assertThat(workshop.run(filler).status()).isEqualTo(153);
            assertThat(report(workshop).toString())
                    .contains("\"reason\":\"limit\",\"status\":153,\"exit_code\":153,\"signal\":null");
            Path spinner = workshop.launcher(
                    "box",
                    SPEC + "timeout: 1m\nulimits: {cpu: {soft: 1s, hard: 5s}, core: 0}\n"
                            + "command: [sh, -c, '(while :; do :; done); exit $?']\n");
            assertThat(workshop.run(spinner).status()).isEqualTo(152);
            assertThat(report(workshop).reason()).isEqualTo("limit");
            for (int code : List.of(137, 152, 153)) {
                Path exits = workshop.launcher("box", SPEC + "command: [sh, -c, exit " + code + "]\n");
                assertThat(workshop.run(exits).status()).isEqualTo(code);
                assertThat(report(workshop).reason()).isEqualTo("exited");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSigkillFromElsewhereIsNoLimit(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher =
                    workshop.launcher("box", NO_PID + "ulimits: {cpu: 10s}\ncommand: [sh, -c, kill -KILL $$]\n");
            assertThat(workshop.run(launcher).status()).isEqualTo(137);
            assertThat(report(workshop).reason()).isEqualTo("signalled");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theOptionWinsOverTheKey(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", SPEC + "command: [sh, -c, exit 3]\n");
            assertThat(workshop.run(workshop.nsbox(), "up", "--report", "other's.json", spec)
                            .status())
                    .isEqualTo(3);
            assertThat(Report.of(workshop.folder().resolve("other's.json")).reason())
                    .isEqualTo("exited");
            assertThat(workshop.folder().resolve("report.json")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSpecThatIsNotValidIsReportedToo(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", "namespaces: [mnt]\ncommand: [id]\n");
            Running.Result result = workshop.run(workshop.nsbox(), "up", "--report", "report.json", spec);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).contains("unknown namespace 'mnt'");
            assertThat(report(workshop).reason()).isEqualTo("setup");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void noFileOfTheReportIsOpenInTheSandbox(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher("box", NO_PID + "command: [ls, /proc/self/fd]\n");
            // 3 is the folder that ls reads.
            assertThat(workshop.run(launcher)).isEqualTo(new Running.Result(0, "0\n1\n2\n3\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anOlderReportIsReplacedAndNothingElseIsLeft(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("report.json", "an older one, which is longer than nothing\n");
            Path launcher = workshop.launcher("box", SPEC + "command: ['true']\n");
            workshop.run(launcher);
            assertThat(report(workshop).reason()).isEqualTo("exited");
            try (Stream<Path> files = Files.list(workshop.folder())) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("box", "box.yaml", "home", "report.json");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theReportTakesNoDevicesPlace(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            // The null device's folder may be written by root, and by nobody else.
            Path device = workshop.newFolder("dev").resolve("null");
            Requirements.requireProgram("mkfifo");
            workshop.run("mkfifo", device);
            Path launcher = workshop.launcher("box", "namespaces: [user]\nreport: dev/null\ncommand: ['true']\n");
            Running.Result refused = workshop.run(launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.err())
                    .contains("refused: find the folder of the report: EEXIST (File exists)\n")
                    .contains(
                            "= help: something is there that is no regular file, and the report would take its place");
            assertThat(Files.isRegularFile(device)).isFalse();
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsToldBeforeTheCommandRuns() throws IOException {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            Path folder = workshop.newFolder("frozen");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
            Path launcher = workshop.launcher(
                    "box", "namespaces: [user]\nreport: frozen/report.json\ncommand: [echo, it ran]\n");
            Running.Result refused = workshop.run(launcher);
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err())
                    .contains("refused: find the folder of the report: EACCES (Permission denied)\n")
                    .contains("= help: the caller may not write to the folder of the report");
        }
    }
}
