package io.nsbox.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.program.ProgramPrinter;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.testing.Golden;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a spec is compiled to, stage by stage: each folder holds a spec and what follows from it. */
class PlanCasesTest {
    private static final Path CASES = Path.of("src/test/resources/plans");

    private static final Planner.Subordinates RANGES = new Planner.Subordinates(
            List.of(new IdRange(1, 100_000, 65_536)),
            List.of(new IdRange(1, 100_000, 65_536), new IdRange(65_537, 300_000, 10)));

    static Stream<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPlanIsExactlyThis(String name) {
        Golden.compare(CASES.resolve(name).resolve("plan.txt"), PlanPrinter.steps(plan(name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theSystemCallsForRootAreExactlyThese(String name) {
        Plan plan = plan(name);
        Trace trace = Trace.of(plan, Arch.X86_64, new Caller(0, 0, true));
        Golden.compare(CASES.resolve(name).resolve("syscalls-root.txt"), PlanPrinter.syscalls(plan, trace));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theSystemCallsForAnUnprivilegedCallerAreExactlyThese(String name) {
        Plan plan = plan(name);
        Trace trace = Trace.of(plan, Arch.X86_64, new Caller(1000, 1000, false));
        Golden.compare(CASES.resolve(name).resolve("syscalls-user.txt"), PlanPrinter.syscalls(plan, trace));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theProgramIsExactlyThis(String name) {
        Golden.compare(
                CASES.resolve(name).resolve("program.txt"),
                ProgramPrinter.print(Lowering.standalone(plan(name), Arch.X86_64)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void bothArchitecturesMakeTheSameCalls(String name) {
        Plan plan = plan(name);
        Caller caller = new Caller(1000, 1000, false);
        assertThat(Trace.of(plan, Arch.AARCH64, caller)).isEqualTo(Trace.of(plan, Arch.X86_64, caller));
    }

    @Test
    void aFileWhoseNameMovesTheCursorIsShownAsSomethingElse() {
        assertThat(PlanPrinter.steps(plan("bare", "\u001b[2J\n.yaml")))
                .contains(" (␛[2J␊.yaml): ")
                .contains("  <- ␛[2J␊.yaml:")
                .doesNotContain("\u001b");
    }

    private static Plan plan(String name) {
        return plan(name, "box.yaml");
    }

    private static Plan plan(String name, String shown) {
        ReadResult result = new SpecReader(ReadOptions.DEFAULT)
                .read(shown, CASES.resolve(name).resolve("box.yaml").toAbsolutePath());
        LoadedSpec spec = result.spec().orElseThrow(() -> new AssertionError(result.diagnostics()));
        return Planner.plan(spec, RANGES);
    }
}
