package io.nsbox.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.program.Block;
import io.nsbox.program.Kernel;
import io.nsbox.program.OnError;
import io.nsbox.program.Program;
import io.nsbox.program.SimulatedMemory;
import io.nsbox.program.Simulator;
import io.nsbox.spec.FileSystem;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a launcher says and how it ends when the kernel refuses one of its calls; each call, each errno. */
class RefusalMessageTest {
    private static final Path CASES = Path.of("src/test/resources/plans");
    private static final int EPIPE = 32;
    private static final Caller ROOT = new Caller(0, 0, true);
    private static final Caller USER = new Caller(1000, 1000, false);

    static Stream<Arguments> plans() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream()
                    .flatMap(name -> Stream.of(Arguments.of(name, ROOT), Arguments.of(name, USER)));
        }
    }

    @ParameterizedTest(name = "{0} for {1}")
    @MethodSource("plans")
    void whateverCallIsRefusedTheMessageNamesItAndTheStatusSaysSo(String name, Caller caller) throws IOException {
        Plan plan = plan(name, Files.readString(CASES.resolve(name).resolve("box.yaml")));
        Program program = Lowering.standalone(plan, Arch.X86_64);
        int calls = Run.of(program, caller, Refused.NOTHING).calls();
        int told = 0;
        boolean makesFiles = !plan.spec().fileSystem().equals(FileSystem.CALLERS);
        for (int call = 0; call < calls; call++) {
            for (Errnos.Errno errno : some(Errnos.met(makesFiles), call)) {
                Run run = Run.of(program, caller, new Refused(call, errno.number()));
                if (run.refusedMustSucceed()) {
                    assertThat(run.status()).as(run.toString()).isEqualTo(Refusal.SETUP);
                    assertThat(run.messages()).as(run.toString()).hasSize(1);
                    assertComplete(run, plan, isNamed(run, errno) ? errno : nameless(errno));
                    told++;
                } else {
                    assertThat(run.messages()).as(run.toString()).hasSizeLessThanOrEqualTo(1);
                }
            }
        }
        assertThat(told).isGreaterThan(200);
    }

    /** All of them for some calls, some of them for every call: each run unpacks all texts, which a simulator does slowly. */
    private static List<Errnos.Errno> some(List<Errnos.Errno> all, int call) {
        return call % 20 == 0 ? all : List.of(all.get(call % all.size()), all.get((call * 7 + 3) % all.size()));
    }

    /** Launchers that make no files leave out what only making files may meet. */
    private static boolean isNamed(Run run, Errnos.Errno errno) {
        boolean named = run.messages().get(0).contains(errno.name() + " (" + errno.text() + ")");
        assertThat(named || !Errnos.met(false).contains(errno))
                .as(run.toString())
                .isTrue();
        return named;
    }

    private static Errnos.Errno nameless(Errnos.Errno errno) {
        return new Errnos.Errno(errno.number(), "", "");
    }

    private static void assertComplete(Run run, Plan plan, Errnos.Errno errno) {
        String message = run.messages().get(0);
        NumberedStep step = plan.steps().get(run.refusedStep() - 1);
        assertThat(message)
                .as(run.toString())
                .startsWith("nsbox: error: step " + step.number() + " of "
                        + plan.steps().size() + " refused: " + step.step().title() + ": "
                        + (errno.name().isEmpty()
                                ? "errno " + errno.number()
                                : errno.name() + " (" + errno.text() + ")")
                        + "\n")
                .contains("= note: the call was " + run.refusedText())
                .endsWith("\n");
        step.step()
                .cause()
                .ifPresent(cause -> assertThat(message)
                        .as(run.toString())
                        .contains("--> box.yaml:" + cause.line() + ":" + cause.column() + "\n")
                        .contains(" " + cause.line() + " | " + cause.text() + "\n"));
    }

    @Test
    void aStepThatALineAskedForShowsTheLineTheCallAndTheHelp() {
        Plan plan = plan("namespaces: [user, pid, mount]\nuid_map: root\nmount_proc: true\ncommand: [sh]\n");
        assertThat(Run.refusing(plan, USER, "mount(\"proc\"", Errnos.ALL.get(0)).messages())
                .containsExactly("""
                nsbox: error: step 15 of 21 refused: mount a new procfs on /proc: EPERM (Operation not permitted)
                   --> box.yaml:3:1
                    |
                  3 | mount_proc: true
                    | ^^^^^^^^^^
                    = note: the call was mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)
                    = help: inside a container whose own /proc is masked the kernel refuses this; run `nsbox doctor`
                """.indent(-1).replaceFirst("^ *", ""));
    }

    @Test
    void aSettingOfTheCommandLineIsNoLineOfTheSpec() {
        Plan plan = plan(
                "box.yaml",
                "namespaces: [user, uts]\nuid_map: root\nhostname: box\ncommand: [sh]\n",
                new ReadOptions(List.of("description=none", "working_dir=/nowhere"), List.of(), false));
        assertThat(Run.refusing(plan, USER, "chdir", Errnos.ALL.get(1)).messages())
                .singleElement()
                .asString()
                .contains(": ENOENT (No such file or directory)\n  --> --set:2:1\n   |\n 2 | working_dir=/nowhere\n");
        assertThat(Run.refusing(plan, USER, "sethostname", Errnos.ALL.get(0)).messages())
                .singleElement()
                .asString()
                .contains("\n  --> box.yaml:3:1\n   |\n 3 | hostname: box\n");
    }

    @Test
    void whatMovesACursorIsShownAndNotDone() {
        Plan plan = plan("namespaces: [user, mount]\nuid_map: root\nmounts:\n"
                + "  - {type: bind, source: \"/a\\n\\e[31mb\", target: /mnt}\ncommand: [sh]\n");
        assertThat(Run.refusing(plan, USER, "open_tree(AT_FDCWD, \"/a", Errnos.ALL.get(1))
                        .messages()
                        .get(0))
                .startsWith("nsbox: error: step 15 of 24 refused: open /a\u240a\u241b[31mb: ENOENT")
                .contains("= note: the call was open_tree(AT_FDCWD, \"/a\\n\\033[31mb\"");
        assertThat(PlanPrinter.steps(plan)).contains("  open /a\u240a\u241b[31mb ");
    }

    @Test
    void anOlderKernelIsNamedWhereItLacksACallOfAMount() {
        Plan plan = plan("namespaces: [user, mount]\nuid_map: root\nmounts: [\"/a:/mnt:ro\"]\ncommand: [sh]\n");
        assertThat(Run.refusing(plan, USER, "mount_setattr", new Errnos.Errno(38, "", ""))
                        .messages()
                        .get(0))
                .endsWith(
                        "= help: this takes Linux 5.12 or later, and no seccomp filter that hides it; run `nsbox doctor`\n");
    }

    @Test
    void aFilterThatHidesClone3IsNamedWhereNoOlderCallWillDo() {
        Plan plan = plan("namespaces: [user, time]\nuid_map: root\ncommand: [sh]\n");
        assertThat(Run.refusing(plan, USER, "clone3", new Errnos.Errno(38, "", ""))
                        .messages()
                        .get(0))
                .contains("= help: a seccomp filter hides clone3, as in a container:");
    }

    @Test
    void aStepThatEverySandboxTakesShowsNoLine() {
        Plan plan = plan("namespaces: [uts]\ncommand: [sh]\n");
        assertThat(Run.refusing(plan, ROOT, "socketpair", new Errnos.Errno(24, "", ""))
                        .messages())
                .containsExactly(
                        "nsbox: error: step 4 of 14 refused: open the report channel: EMFILE (Too many open files)\n"
                                + "  = note: the call was socketpair(AF_UNIX, SOCK_SEQPACKET|SOCK_CLOEXEC, 0, [<report>,"
                                + " <report of the sandbox>])\n");
    }

    @Test
    void anErrorThatNobodyKnowsIsShownByItsNumber() {
        Plan plan = plan("namespaces: [uts]\nhostname: h\ncommand: [sh]\n");
        assertThat(Run.refusing(plan, ROOT, "sethostname", new Errnos.Errno(133, "", ""))
                        .messages())
                .singleElement()
                .asString()
                .startsWith("nsbox: error: step 7 of 15 refused: set the hostname to h: errno 133\n");
    }

    @Test
    void aCommandThatIsNowhereEndsWith127AndOneThatCannotRunWith126() {
        Plan plan = plan("namespaces: [uts]\ncommand: [/a/b]\n");
        Run missing = Run.refusing(plan, ROOT, "execve", new Errnos.Errno(20, "", ""));
        assertThat(missing.status()).isEqualTo(Refusal.NOT_FOUND);
        assertThat(missing.messages())
                .singleElement()
                .asString()
                .startsWith("nsbox: error: step 14 of 14 refused: execute /a/b: ENOTDIR (Not a directory)\n");
        Run useless = Run.refusing(plan, ROOT, "execve", new Errnos.Errno(8, "", ""));
        assertThat(useless.status()).isEqualTo(Refusal.NOT_EXECUTABLE);
        assertThat(useless.messages())
                .containsExactly(
                        "nsbox: error: step 14 of 14 refused: execute /a/b: ENOEXEC (Exec format error)\n"
                                + "  --> box.yaml:2:1\n   |\n 2 | command: [/a/b]\n   | ^^^^^^^\n"
                                + "   = note: the call was execve(\"/a/b\")\n"
                                + "   = help: it is no program for this machine; a script needs a first line such as #!/bin/sh\n");
    }

    @Test
    void aKernelWithoutClone3IsAskedWithClone() {
        Run run =
                Run.refusing(plan("namespaces: [user]\ncommand: [sh]\n"), USER, "clone3", new Errnos.Errno(38, "", ""));
        assertThat(run.messages()).isEmpty();
        assertThat(run.status()).isZero();
    }

    private static Plan plan(String text) {
        return plan("box.yaml", text);
    }

    private static Plan plan(String name, String text) {
        return plan(name, text, ReadOptions.DEFAULT);
    }

    private static Plan plan(String name, String text, ReadOptions options) {
        ReadResult result =
                new SpecReader(options).read("box.yaml", Path.of("/box.yaml"), text.getBytes(StandardCharsets.UTF_8));
        return Planner.plan(
                result.spec().orElseThrow(() -> new AssertionError(name + result.diagnostics())),
                new Planner.Subordinates(
                        List.of(new io.nsbox.spec.IdRange(1, 100_000, 10)),
                        List.of(new io.nsbox.spec.IdRange(1, 200_000, 10))));
    }

    /** Which call is refused, counted from 0 over all processes, and how. */
    private record Refused(int call, int errno) {
        static final Refused NOTHING = new Refused(-1, 0);
    }

    /** A simulated run in which one call was refused. */
    private record Run(
            int calls, int status, List<String> messages, Kernel.Invocation refused, int errno, int refusedStep) {

        static Run of(Program program, Caller caller, Refused refused) {
            RefusingKernel kernel = new RefusingKernel(program, caller, refused);
            List<Simulator.End> ends = Simulator.run(program, List.of("launcher"), Map.of("PATH", "/bin"), kernel);
            int status = ends.get(ends.size() - 1).status();
            int step = kernel.hit == null
                    ? 0
                    : program.sectionOf(kernel.hit.index()).subject();
            return new Run(kernel.count, status, kernel.messages, kernel.hit, refused.errno(), step);
        }

        /** Refuses the first call that starts so. */
        static Run refusing(Plan plan, Caller caller, String text, Errnos.Errno errno) {
            Program program = Lowering.standalone(plan, Arch.X86_64);
            for (int call = 0; ; call++) {
                Run run = of(program, caller, new Refused(call, errno.number()));
                if (run.refusedText().startsWith(text)) {
                    return run;
                }
            }
        }

        boolean refusedMustSucceed() {
            // To the guard a broken pipe says that the sandbox's process has ended, and told why itself.
            boolean guardIsLate = refused.process() > 1 && errno == EPIPE;
            return refused.call().onError() instanceof OnError.Fail && !guardIsLate;
        }

        String refusedText() {
            return refused.text();
        }

        @Override
        public String toString() {
            return "process " + refused.process() + " is refused " + refusedText() + "; " + messages;
        }
    }

    /** The nominal kernel, with a report channel and exit statuses that work, which refuses one call. */
    private static final class RefusingKernel implements Kernel {
        private final Program program;
        private final NominalKernel nominal;
        private final Trace.Processes processes = new Trace.Processes();
        private final Refused refused;
        private final List<String> messages = new ArrayList<>();
        private byte[] report = new byte[0];
        private boolean childEnded;
        private long childStatus;
        private int count;
        private Invocation hit;

        RefusingKernel(Program program, Caller caller, Refused refused) {
            this.program = program;
            this.nominal = new NominalKernel(caller);
            this.refused = refused;
        }

        @Override
        public long answer(Invocation call) {
            if (count++ == refused.call()) {
                hit = call;
                return -refused.errno();
            }
            SimulatedMemory memory = call.memory();
            long[] arguments = call.arguments();
            Phase phase = processes.phase(call.process(), program.sectionOf(call.index()));
            processes.made(call.call().syscall());
            switch (call.call().syscall()) {
                case KILL -> assertThat(arguments[0]).as(call.text()).isPositive();
                case WRITEV -> messages.add(message(call));
                case WRITE -> {
                    if (arguments[2] == 8) {
                        report = bytes(memory, arguments[1], 8);
                    }
                    return childEnded && call.text().startsWith("write(<report>") ? -EPIPE : arguments[2];
                }
                case RECVFROM -> {
                    for (int i = 0; i < report.length; i++) {
                        memory.write(arguments[1] + i, 1, report[i]);
                    }
                    boolean ofStage = arguments[2] == StartFromStage.MOST;
                    return report.length != 0 ? report.length : ofStage ? nominal.answer(call) : -11;
                }
                case EXIT_GROUP -> {
                    if (phase == Phase.CHILD) {
                        childEnded = true;
                        childStatus = arguments[0];
                    }
                }
                case WAITID -> {
                    long result = nominal.answer(call);
                    if (arguments[2] != 0) {
                        memory.write(arguments[2] + 24, 4, childStatus);
                    }
                    return result;
                }
                default -> {}
            }
            return nominal.answer(call);
        }

        private String message(Invocation call) {
            long vector = call.arguments()[1];
            long parts = call.arguments()[2];
            int room = program.buffers().stream()
                    .filter(buffer -> buffer.name().equals("message"))
                    .mapToInt(Block.Buffer::size)
                    .sum();
            assertThat(16 * parts).as("bytes of the iovecs").isLessThanOrEqualTo(room);
            StringBuilder text = new StringBuilder();
            for (long part = vector; part < vector + 16 * parts; part += 16) {
                text.append(call.memory()
                        .text(call.memory().read(part, 8), call.memory().read(part + 8, 8)));
            }
            return text.toString();
        }

        private static byte[] bytes(SimulatedMemory memory, long address, int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) memory.read(address + i, 1);
            }
            return bytes;
        }
    }
}
