package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.plan.Caller;
import io.nsbox.plan.NumberedStep;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import io.nsbox.testing.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code up --trace} and {@code up -v} tell on standard error. */
class TellingIT {
    private static final String HEAD =
            "namespaces: [user, mount, pid, uts, network]\nuid_map: root\nhostname: inside\n" + "mount_proc: true\n";
    private static final Pattern LINE = Pattern.compile(
            "nsbox: (\\d+\\.\\d{6}) \\+(\\d+\\.\\d{6}) (?:step (\\d+) of (\\d+), ([^:]+): (.*): (done|now)"
                    + "|ended with status (\\d+))");

    /** A line that was told; {@code step} is 0 for the last one. */
    private record Told(double since, int step, String process, String title, String how, String status) {
        static Told of(String line) {
            Matcher matcher = LINE.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            boolean end = matcher.group(3) == null;
            return new Told(
                    Double.parseDouble(matcher.group(1)),
                    end ? 0 : Integer.parseInt(matcher.group(3)),
                    end ? "" : matcher.group(5),
                    end ? "" : matcher.group(6),
                    end ? "" : matcher.group(7),
                    end ? matcher.group(8) : "");
        }
    }

    private static List<Told> told(Running.Result result) {
        return result.err().lines().map(Told::of).toList();
    }

    private static Map<String, String> runtime(Workshop workshop) {
        return Map.of("XDG_RUNTIME_DIR", workshop.newFolder("runtime").toString());
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void everyStepIsToldWithItsTimeAndTheStatusAtTheEnd(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", HEAD + "command: [sh, -c, 'echo out; ls /proc/self/fd; exit 3']\n");
            Running.Result result = workshop.run(workshop.nsbox(), "up", "--trace", spec);
            assertThat(result.status()).isEqualTo(3);
            // The copy of standard error is not the command's: 3 is the folder that ls reads.
            assertThat(result.out()).isEqualTo("out\n0\n1\n2\n3\n");
            List<Told> told = told(result);
            Plan plan = Workshop.plan(spec);
            Map<Integer, String> titles = plan.steps().stream()
                    .collect(Collectors.toMap(
                            NumberedStep::number, step -> step.step().title()));
            List<Told> steps = told.subList(0, told.size() - 1);
            assertThat(steps).allSatisfy(line -> assertThat(line.title()).isEqualTo(titles.get(line.step())));
            Set<Integer> making = new TreeSet<>();
            Trace.of(plan, Workshop.arch(), new Caller(0, 0, true)).calls().forEach(call -> making.add(call.step()));
            making.remove(0);
            assertThat(steps.stream().map(Told::step).toList()).containsAll(making);
            assertThat(told.get(told.size() - 1).status()).isEqualTo("3");
            assertThat(steps.stream().filter(line -> line.how().equals("now")).map(Told::title))
                    .containsExactly("execute sh");
            for (String process : List.of("launcher", "sandbox")) {
                List<Told> own = steps.stream()
                        .filter(line -> line.process().equals(process))
                        .toList();
                assertThat(own.stream().map(Told::step)).isSorted();
                assertThat(own.stream().map(Told::since)).isSorted();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aFilterThatForbidsToWriteIsLoadedAfterTheLastWord(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file(
                    "box.yaml",
                    HEAD + "command: [/bin/sh, -c, 'echo never']\n"
                            + "seccomp: {defaultAction: SCMP_ACT_ALLOW, syscalls: [{names: [write, writev], "
                            + "action: SCMP_ACT_KILL_PROCESS}]}\n");
            Running.Result result = workshop.run(workshop.nsbox(), "up", "--trace", spec);
            assertThat(result.status()).isEqualTo(159);
            assertThat(result.out()).isEmpty();
            List<Told> told = told(result);
            assertThat(told.stream().filter(line -> line.how().equals("now")).map(Told::title))
                    .containsExactly(
                            "load the seccomp filter inline: 2 system calls restricted, others allow",
                            "execute /bin/sh");
            assertThat(told.get(told.size() - 1).status()).isEqualTo("159");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aRefusedStepIsToldByItsMessageAfterThoseThatWereDone(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", HEAD + "working_dir: /nowhere\ncommand: [sh]\n");
            Running.Result result = workshop.run(workshop.nsbox(), "up", "--trace", spec);
            assertThat(result.status()).isEqualTo(125);
            List<String> lines = result.err().lines().toList();
            int error = 0;
            while (!lines.get(error).startsWith("nsbox: error: step ")) {
                Told.of(lines.get(error++));
            }
            assertThat(lines.get(error)).contains(" refused: change to /nowhere: ENOENT (");
            assertThat(lines.subList(0, error))
                    .anySatisfy(line -> assertThat(line).endsWith("sandbox: mount a new procfs on /proc: done"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoReadsTheStepsOfASandboxInTheBackgroundDoesNotWaitForItsEnd(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Map<String, String> runtime = runtime(workshop);
            String name = workshop.mark();
            Path spec = workshop.file(
                    "box.yaml", "name: " + name + "\n" + HEAD + "command: [sh, -c, 'echo mine >&2; exec sleep 300']\n");
            try {
                Running.Result result = workshop.start(runtime, workshop.nsbox(), "up", "-d", "--trace", spec)
                        .finish();
                assertThat(result.status()).as(result.toString()).isZero();
                assertThat(result.out()).isEqualTo(name + "\n");
                assertThat(told(result).stream()
                                .filter(line -> line.process().equals("sandbox"))
                                .map(Told::title))
                        .contains("mount a new procfs on /proc", "execute sh");
                assertThat(workshop.start(runtime, workshop.nsbox(), "logs", name)
                                .finish())
                        .isEqualTo(new Running.Result(0, "mine\n", ""));
            } finally {
                workshop.start(runtime, workshop.nsbox(), "rm", "-f", name).finish();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void verboseTellsWhatWasReadAndWhereTheLauncherIs(Identity identity) throws Exception {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", HEAD + "command: [sh, -c, 'echo out']\n");
            Running.Result result = workshop.run(workshop.nsbox(), "up", "-v", spec);
            assertThat(result.status()).isZero();
            assertThat(result.out()).isEqualTo("out\n");
            List<String> lines = new ArrayList<>(result.err().lines().toList());
            assertThat(lines.get(0)).isEqualTo("nsbox: read " + spec + ", " + Files.size(spec) + " bytes");
            lines.removeIf(line -> line.startsWith("nsbox: read "));
            Path image = Path.of(lines.get(1).replaceFirst("nsbox: kept the launcher as ", ""));
            assertThat(lines)
                    .containsExactly(
                            "nsbox: compiled " + Workshop.plan(spec).steps().size() + " steps to a launcher of "
                                    + Files.size(image) + " bytes for "
                                    + Workshop.arch().word(),
                            "nsbox: kept the launcher as " + image);
        }
    }
}
