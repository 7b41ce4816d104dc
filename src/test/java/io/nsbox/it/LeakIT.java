package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten thousand runs in a row leave the machine as it was, and two hundred of each recipe. */
class LeakIT {
    @ParameterizedTest
    @EnumSource(Identity.class)
    void fiveThousandRunsOfEachIdentityLeaveNothing(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: all\nuid_map: root\nhostname: box\nmount_proc: true\ntimeout: 1h\n"
                            + "command: [/bin/true]\n");
            workshop.file("loop", "i=0; while [ $i -lt 2500 ]; do \"$1\" || exit 1; i=$((i + 1)); done; echo $i\n");
            Leftovers before = Leftovers.now(workshop.folder());
            Running one = workshop.start("sh", "loop", launcher);
            Running other = workshop.start("sh", "loop", launcher);
            assertThat(one.finish()).isEqualTo(new Running.Result(0, "2500\n", ""));
            assertThat(other.finish()).isEqualTo(new Running.Result(0, "2500\n", ""));
            Leftovers.assertNoProcess(workshop.mark(), "5000 runs");
            before.assertUnchanged(workshop.folder(), "5000 runs");
        }
    }

    /** Files that were left open would run into the limit of the shell that starts the launchers. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void runsThatFailLeaveNothingEither(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box", "namespaces: all\nuid_map: root\nworking_dir: /not/there\ncommand: [/bin/true]\n");
            workshop.file(
                    "loop",
                    "i=0; while [ $i -lt 500 ]; do \"$1\" 2>/dev/null; [ $? -eq 125 ] || exit 1; i=$((i + 1)); done; echo $i\n");
            Leftovers before = Leftovers.now(workshop.folder());
            assertThat(workshop.run("sh", "loop", launcher)).isEqualTo(new Running.Result(0, "500\n", ""));
            Leftovers.assertNoProcess(workshop.mark(), "500 runs");
            before.assertUnchanged(workshop.folder(), "500 runs");
        }
    }

    static Stream<Arguments> recipes() {
        return RecipeFaultsIT.recipes();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("recipes")
    void twoHundredRunsOfEachRecipeLeaveNothing(Recipe recipe, Identity identity) throws IOException {
        try (Recipe.Ready ready = recipe.ready(identity)) {
            Workshop workshop = ready.workshop();
            workshop.file(
                    "loop",
                    "i=0; while [ $i -lt 100 ]; do \"$1\" || exit 1; i=$((i + 1)); done; ls /proc/self/fd | wc -l\n");
            Running.Result clean = new Running.Result(0, "4\n", "");
            Leftovers before = Leftovers.now(workshop.folder());
            List<Object> loop = List.of("sh", "loop", ready.launcher());
            Running one = ready.starter().start(Map.of(), loop);
            Running other = ready.starter().start(Map.of(), loop);
            assertThat(one.finish()).isEqualTo(clean);
            assertThat(other.finish()).isEqualTo(clean);
            Leftovers.assertNoProcess(workshop.mark(), "200 runs");
            before.assertUnchanged(workshop.folder(), "200 runs");
        }
    }
}
