package io.nsbox.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.program.Kernel;
import io.nsbox.program.Linux;
import io.nsbox.program.Simulator;
import io.nsbox.program.Syscall;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the steps for {@code /dev} and for masked paths do on kernels that answer this or that. */
class DevStepsTest {
    private static final Caller USER = new Caller(1000, 1000, false);
    private static final int REFUSED = 125;

    /** The calls that the sandbox's first process made, in order, and its exit status. */
    private record Run(List<String> calls, int status) {
        List<String> named(String name) {
            return calls.stream().filter(call -> call.startsWith(name + "(")).toList();
        }
    }

    /** Runs a spec on the kernel that grants everything, unless {@code answer} says otherwise of a call. */
    private static Run run(String spec, Caller caller, Function<Kernel.Invocation, Long> answer) {
        NominalKernel nominal = new NominalKernel(caller);
        List<String> calls = new ArrayList<>();
        List<Simulator.End> ends =
                Simulator.run(Lowering.standalone(plan(spec), Arch.X86_64), List.of("box"), Map.of(), call -> {
                    if (call.process() == 1) {
                        calls.add(text(call));
                    }
                    Long special = answer.apply(call);
                    long usual = nominal.answer(call);
                    return special == null ? usual : special;
                });
        return new Run(
                calls,
                ends.stream()
                        .filter(end -> end.process() == 1)
                        .findFirst()
                        .orElseThrow()
                        .status());
    }

    private static String text(Kernel.Invocation call) {
        return call.text().contains("<path>")
                ? call.text().replace("<path>", call.memory().text(call.arguments()[1]))
                : call.text();
    }

    private static Plan plan(String spec) {
        ReadResult result = new SpecReader(ReadOptions.DEFAULT)
                .read("box.yaml", Path.of("/box.yaml"), spec.getBytes(StandardCharsets.UTF_8));
        return Planner.plan(
                result.spec().orElseThrow(() -> new AssertionError(result.diagnostics())), Planner.Subordinates.NONE);
    }

    private static final String MASKS =
            "namespaces: [user, mount]\nuid_map: root\nmasked_paths: [/a, /b, /c]\ncommand: [sh]\n";

    @Test
    void aMaskedPathThatDoesNotExistIsLeftOutAndTheOthersAreMasked() {
        for (int errno : new int[] {Linux.ENOENT, Linux.ENOTDIR}) {
            Run run = run(MASKS, USER, call -> text(call).startsWith("openat2(AT_FDCWD, /b") ? (long) -errno : null);

            assertThat(run.status()).isZero();
            assertThat(run.named("openat2")).hasSize(3);
            assertThat(run.named("move_mount")).hasSize(2);
        }
    }

    @Test
    void aMaskedPathThatCannotBeLookedUpEndsTheSandbox() {
        for (int errno : new int[] {Linux.EACCES, Linux.ELOOP, Linux.EAGAIN, Linux.EPERM}) {
            Run run = run(MASKS, USER, call -> text(call).startsWith("openat2(AT_FDCWD, /b") ? (long) -errno : null);

            assertThat(run.status()).isEqualTo(REFUSED);
            assertThat(run.named("openat2")).hasSize(2);
            assertThat(run.named("execve")).isEmpty();
        }
    }

    @Test
    void oneNullDeviceAndOneEmptyFolderCoverEveryPath() {
        Run run = run(
                "namespaces: [user, mount]\nuid_map: root\n"
                        + "masked_paths: [/sys/firmware, /a, /b, /x/firmware, /c]\ncommand: [sh]\n",
                USER,
                call -> null);

        assertThat(run.named("open_tree"))
                .containsExactly(
                        "open_tree(AT_FDCWD, \"/dev/null\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_SYMLINK_NOFOLLOW)",
                        "open_tree(<null>, \"\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)",
                        "open_tree(<null>, \"\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)",
                        "open_tree(<null>, \"\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)");
        assertThat(run.named("fsopen")).hasSize(1);
        assertThat(run.named("move_mount")).hasSize(5);
    }

    @Test
    void aDeviceWithOtherNumbersOrOfAnotherKindEndsTheSandbox() {
        String spec = "namespaces: [user, mount]\nuid_map: root\ndev: minimal\ncommand: [sh]\n";
        for (int offset : new int[] {Linux.STX_MODE, Linux.STX_RDEV, Linux.STX_RDEV + 4}) {
            int[] devices = {0};
            NominalKernel nominal = new NominalKernel(USER);
            List<String> moved = new ArrayList<>();
            List<Simulator.End> ends =
                    Simulator.run(Lowering.standalone(plan(spec), Arch.X86_64), List.of("box"), Map.of(), call -> {
                        long result = nominal.answer(call);
                        if (call.text().startsWith("statx(<device>") && ++devices[0] == 3) {
                            call.memory().write(call.arguments()[4] + offset, 2, Linux.S_IFREG | 99);
                        }
                        if (call.text().startsWith("move_mount(<device>")) {
                            moved.add(text(call));
                        }
                        return result;
                    });

            assertThat(moved).as("the two devices before it").hasSize(2);
            assertThat(ends.get(ends.size() - 1).status()).isEqualTo(0);
            assertThat(ends.get(0).status()).isEqualTo(REFUSED);
        }
    }

    @Test
    void onlyACallerThatIsNotRootTakesTheSecondUserNamespace() {
        String spec = "namespaces: [user, mount]\nuid_map: keep-id\ndev: minimal\ncommand: [sh]\n";

        assertThat(run(spec, USER, call -> null).named("unshare")).containsExactly("unshare(CLONE_NEWUSER)");
        assertThat(run(spec, new Caller(1000, 1000, true), call -> null).named("unshare"))
                .hasSize(1);
        assertThat(run(spec, new Caller(0, 5, true), call -> null).named("unshare"))
                .hasSize(1);
        assertThat(run(spec, new Caller(0, 0, true), call -> null).named("unshare"))
                .isEmpty();
    }

    @Test
    void theSecondMapUndoesTheFirst() {
        List<String> maps = new ArrayList<>();
        run(
                "namespaces: [user, mount]\nuid_map: keep-id\ndev: minimal\ncommand: [sh]\n",
                new Caller(1000, 1007, false),
                call -> {
                    if (call.process() == 1 && call.call().syscall() == Syscall.WRITE && call.arguments()[2] < 100) {
                        maps.add(call.memory().text(call.arguments()[1], call.arguments()[2]));
                    }
                    return null;
                });

        assertThat(maps).containsExactly("deny", "0 1007 1\n", "0 1000 1\n", "deny", "1007 0 1\n", "1000 0 1\n");
    }

    @Test
    void aProcfsThatIsNoneAnyMoreEndsTheSandbox() {
        String spec = "namespaces: [user, pid, mount]\nuid_map: root\nmount_proc: true\nreadonly_paths: [/proc/sys]\n"
                + "command: [sh]\n";
        NominalKernel nominal = new NominalKernel(USER);
        List<Simulator.End> ends =
                Simulator.run(Lowering.standalone(plan(spec), Arch.X86_64), List.of("box"), Map.of(), call -> {
                    long result = nominal.answer(call);
                    if (call.call().syscall() == Syscall.FSTATFS) {
                        call.memory().write(call.arguments()[1], 8, 0x01021994);
                    }
                    return result;
                });

        assertThat(ends.get(0).status()).isEqualTo(REFUSED);
    }

    @Test
    void aRefusalForAPathNamesItAndOneForNoneDoesNot() {
        String spec = "namespaces: [user, mount]\nuid_map: root\ndev: minimal\ncommand: [sh]\n";
        assertThat(message(spec, "mknodat(<dev>, urandom")).contains("= note: the path was urandom\n");
        assertThat(message(spec, "mknodat(<dev>, zero")).contains("= note: the path was zero\n");
        assertThat(message(spec, "symlinkat(")).doesNotContain("the path was");
        assertThat(message(spec, "fsopen(\"devpts\"")).doesNotContain("the path was");
    }

    /** What the launcher says when the first call that starts so is refused. */
    private static String message(String spec, String start) {
        NominalKernel nominal = new NominalKernel(USER);
        StringBuilder said = new StringBuilder();
        byte[] report = new byte[8];
        boolean[] refused = {false};
        Simulator.run(Lowering.standalone(plan(spec), Arch.X86_64), List.of("box"), Map.of(), call -> {
            if (!refused[0] && text(call).startsWith(start)) {
                refused[0] = true;
                return (long) -Linux.EPERM;
            }
            if (refused[0] && call.process() == 1 && call.call().syscall() == Syscall.WRITE) {
                for (int i = 0; i < report.length; i++) {
                    report[i] = (byte) call.memory().read(call.arguments()[1] + i, 1);
                }
            }
            if (call.call().syscall() == Syscall.RECVFROM) {
                for (int i = 0; i < report.length; i++) {
                    call.memory().write(call.arguments()[1] + i, 1, report[i]);
                }
                return (long) report.length;
            }
            if (call.call().syscall() == Syscall.WRITEV) {
                for (int part = 0; part < call.arguments()[2]; part++) {
                    long vector = call.arguments()[1] + 16L * part;
                    said.append(call.memory()
                            .text(call.memory().read(vector, 8), call.memory().read(vector + 8, 8)));
                }
            }
            return nominal.answer(call);
        });
        return said.toString();
    }
}
