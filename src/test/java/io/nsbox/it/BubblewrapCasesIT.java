package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * bubblewrap's own test cases as specs, each with what it is expected to do in the comments at its top:
 *
 * <pre>
 * # case N: what it is about
 * # as: user            (root, user; both unless said)
 * # prepare: SCRIPT     (run by sh, outside, before)
 * # out: LINE           (a line of standard output; all of them)
 * # out-of: SCRIPT      (standard output is what this prints outside)
 * # err: LINE           (a line of standard error; all of them)
 * # err-has: LINE       (a line among those of standard error; the numbers of steps are N)
 * # status: N           (0 unless said)
 * # then: SCRIPT        (must succeed outside, afterwards)
 * </pre>
 */
class BubblewrapCasesIT {
    private static final Path CASES = Workshop.PROJECT.resolve("src/test/resources/bubblewrap");
    private static final Path PAGE = Workshop.PROJECT.resolve("docs/bubblewrap-tests.md");
    private static final Pattern NAMED = Pattern.compile("`([a-z0-9-]+)[.]yaml`");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:IT|Test))[.](\\w+)`");

    /** The rows of the list that bubblewrap's tests were counted by. */
    private static final String ROWS =
            "1 2-25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 39r 40-41 42 43-45 46-48 49 50 51 52 53 54 55 56"
                    + " 57 58 59 60 61 62 63 64 65 66 67 68 69 S1 S2 S3 S4-S5 S6 U1-U2 C";

    private record Case(String name, String spec) {
        static Case read(Path file) {
            try {
                return new Case(file.getFileName().toString().replace(".yaml", ""), Files.readString(file));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        List<String> all(String word) {
            String start = "# " + word + ": ";
            return spec.lines()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()))
                    .toList();
        }

        String row() {
            return spec.substring("# case ".length(), spec.indexOf(':'));
        }

        List<Identity> identities() {
            List<String> said = all("as");
            return Stream.of(Identity.values())
                    .filter(identity -> said.isEmpty() || said.contains(identity == Identity.ROOT ? "root" : "user"))
                    .toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Case> all() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(Case::read)
                    .toList();
        }
    }

    static Stream<Arguments> cases() throws IOException {
        return all().stream().flatMap(each -> each.identities().stream().map(identity -> Arguments.of(each, identity)));
    }

    private static String lines(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itDoesAsExpected(Case test, Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            if (test.spec().contains("try.c")) {
                Requirements.requireProgram("cc");
            }
            workshop.file("try.c", Files.readString(CASES.resolve("try.c")));
            workshop.file("box.yaml", test.spec());
            for (String script : test.all("prepare")) {
                assertThat(workshop.run("sh", "-euc", script)).isEqualTo(new Running.Result(0, "", ""));
            }
            String out = lines(test.all("out"));
            for (String script : test.all("out-of")) {
                out = workshop.run("sh", "-euc", script).out();
            }
            Leftovers before = Leftovers.now(workshop.folder().resolve("home"));

            Running.Result result = workshop.run(workshop.nsbox(), "up", "box.yaml");

            int status = test.all("status").stream()
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
            assertThat(result.status()).as(result.err()).isEqualTo(status);
            assertThat(result.out()).isEqualTo(out);
            if (test.all("err-has").isEmpty()) {
                assertThat(result.err()).isEqualTo(lines(test.all("err")));
            } else {
                assertThat(result.err()
                                .replace(workshop.folder().toString(), "FOLDER")
                                .replaceAll("step \\d+ of \\d+", "step N of N")
                                .lines())
                        .containsAll(test.all("err-has"));
            }
            for (String script : test.all("then")) {
                assertThat(workshop.run("sh", "-euc", script)).isEqualTo(new Running.Result(0, "", ""));
            }
            Leftovers.assertNoProcess(workshop.mark(), test.name());
            assertThat(Leftovers.now(workshop.folder().resolve("home")).mounts())
                    .isEqualTo(before.mounts());
        }
    }

    /** The rows of the page's table: the first cell and the whole line. */
    private static List<String[]> rows() throws IOException {
        List<String[]> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("| ") && !line.startsWith("| row ") && !line.startsWith("| --- ")) {
                rows.add(new String[] {line.split(" [|] ")[0].substring(2), line});
            }
        }
        return rows;
    }

    @Test
    void thePageHasEveryRowAndEachHoldsOrSaysWhyItDoesNotApply() throws IOException {
        assertThat(rows().stream().map(row -> row[0])).containsExactly(ROWS.split(" "));
        for (String[] row : rows()) {
            assertThat(row[1]).containsPattern("[|] (holds|holds in part|does not apply): .+ [|]$");
            boolean holds = row[1].contains("| holds");
            assertThat(NAMED.matcher(row[1]).find() || TEST.matcher(row[1]).find())
                    .as(row[1])
                    .isEqualTo(holds);
        }
    }

    @Test
    void thePageNamesEverySpecInItsRowAndNoOther() throws IOException {
        List<String> named = new ArrayList<>();
        for (String[] row : rows()) {
            Matcher specs = NAMED.matcher(row[1]);
            while (specs.find()) {
                named.add(row[0] + " " + specs.group(1));
            }
        }
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(all().stream()
                        .map(each -> each.row() + " " + each.name())
                        .toList());
    }

    @Test
    void theTestsThatThePageNamesExist() throws IOException {
        Matcher tests = TEST.matcher(Files.readString(PAGE));
        int found = 0;
        while (tests.find()) {
            String name = tests.group(1);
            try (Stream<Path> files = Files.walk(Workshop.PROJECT.resolve("src/test/java"))) {
                Path file = files.filter(each -> each.endsWith(name + ".java"))
                        .findFirst()
                        .orElseThrow();
                assertThat(Files.readString(file)).contains("void " + tests.group(2) + "(");
            }
            found++;
        }
        assertThat(found).isGreaterThan(5);
    }
}
