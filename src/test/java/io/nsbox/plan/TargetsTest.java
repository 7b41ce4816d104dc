package io.nsbox.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.program.Arch;
import io.nsbox.program.Kernel;
import io.nsbox.program.Program;
import io.nsbox.program.Simulator;
import io.nsbox.program.Syscall;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.SpecReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** How a launcher finds and makes targets, against a kernel whose answers are scripted. */
class TargetsTest {
    private static final Long EPERM = -1L;
    private static final Long ENOENT = -2L;
    private static final Long EAGAIN = -11L;
    private static final Long EACCES = -13L;
    private static final Long EBUSY = -16L;
    private static final Long EEXIST = -17L;
    private static final Long EINVAL = -22L;
    private static final Long EROFS = -30L;
    private static final Long ELOOP = -40L;

    /** What was called in the sandbox from the first look at a target on, with paths as they were, and what was said. */
    private record Run(List<String> calls, String said) {}

    /** Runs a spec; what the script does not answer with a number is granted. */
    private static Run run(String keys, Function<String, Long> script) {
        String text = "namespaces: [mount]\n" + keys + "command: [sh]\n";
        LoadedSpec spec = new SpecReader(ReadOptions.DEFAULT)
                .read("box.yaml", Path.of("/specs/box.yaml"), text.getBytes(StandardCharsets.UTF_8))
                .spec()
                .orElseThrow();
        Program program = Lowering.standalone(Planner.plan(spec, Planner.Subordinates.NONE), Arch.X86_64);
        Kernel nominal = new NominalKernel(new Caller(0, 0, true));
        List<String> calls = new ArrayList<>();
        StringBuilder said = new StringBuilder();
        boolean[] looking = {false};
        Simulator.run(program, List.of("launcher"), Map.of(), call -> {
            Syscall syscall = call.call().syscall();
            String shown = shown(call);
            if (call.process() == 0 && syscall == Syscall.WRITEV) {
                for (int i = 0; i < call.arguments()[2]; i++) {
                    long part = call.arguments()[1] + 16L * i;
                    said.append(call.memory()
                            .text(call.memory().read(part, 8), call.memory().read(part + 8, 8)));
                }
            }
            if (call.process() != 1) {
                return nominal.answer(call);
            }
            looking[0] |= syscall == Syscall.OPENAT2 || syscall == Syscall.MKDIRAT;
            looking[0] &= syscall != Syscall.FCHDIR && syscall != Syscall.EXECVE;
            if (looking[0] && INTERESTING.contains(syscall)) {
                calls.add(shown);
            }
            if (looking[0] && syscall == Syscall.OPENAT) {
                // Above every folder is that folder: it is the root.
                return call.arguments()[0];
            }
            if (syscall == Syscall.STATX) {
                mountIdIs(call, looking[0] ? call.arguments()[0] : 0);
                Long failed = script.apply("statx");
                return failed == null ? 0 : failed;
            }
            Long answer = script.apply(shown);
            return answer == null ? nominal.answer(call) : answer;
        });
        return new Run(calls, said.toString());
    }

    private static final List<Syscall> INTERESTING = List.of(
            Syscall.OPENAT2,
            Syscall.MKDIRAT,
            Syscall.MKNODAT,
            Syscall.SYMLINKAT,
            Syscall.READLINKAT,
            Syscall.MOUNT_SETATTR,
            Syscall.MOVE_MOUNT,
            Syscall.UMASK);

    /** While targets are looked for each file is a folder on a mount of its own, whose id is the descriptor. */
    private static void mountIdIs(Kernel.Invocation call, long id) {
        call.memory().write(call.arguments()[4] + 28, 2, 0x4000);
        call.memory().write(call.arguments()[4] + 32, 8, id);
        call.memory().write(call.arguments()[4] + 144, 8, id);
    }

    private static String shown(Kernel.Invocation call) {
        return switch (call.call().syscall()) {
            case OPENAT2, MKDIRAT, MKNODAT, READLINKAT ->
                call.call().syscall().word() + " " + call.memory().text(call.arguments()[1])
                        + (call.call().syscall() == Syscall.MKDIRAT
                                        || call.call().syscall() == Syscall.MKNODAT
                                ? " " + Long.toOctalString(call.arguments()[2])
                                : "")
                        + (call.call().syscall() == Syscall.OPENAT2 && plain(call) ? " plainly" : "");
            case UMASK -> "umask " + Long.toOctalString(call.arguments()[0]);
            case MOUNT_SETATTR ->
                "mount_setattr " + (call.memory().read(call.arguments()[3], 8) != 0 ? "ro" : "rw")
                        + ((call.arguments()[2] & 0x8000) != 0 ? " all" : "");
            default -> call.call().syscall().word();
        };
    }

    private static boolean plain(Kernel.Invocation call) {
        return (call.memory().read(call.arguments()[2] + 16, 8) & 4) != 0;
    }

    private static Function<String, Long> answers(Map<String, Long> answers) {
        return answers::get;
    }

    @Test
    void aTargetThatIsThereTakesOneCall() {
        assertThat(run("rootfs: /r\ndev: none\ntmpfs: [/a/b]\n", answers(Map.of()))
                        .calls())
                .containsExactly("openat2 /a/b plainly", "move_mount");
    }

    @Test
    void missingPartsAreMadeOneByOneWithoutTheCallersUmask() {
        List<String> made = new ArrayList<>();
        Run run = run("rootfs: /r\ndev: none\ntmpfs: [/a/b/c]\n", call -> {
            if (call.startsWith("mkdirat")) {
                made.add(call.split(" ")[1]);
            }
            if (call.equals("umask 0")) {
                return 027L;
            }
            return switch (call) {
                case "openat2 /a/b/c plainly" -> ENOENT;
                case "openat2 /a/b" -> made.contains("b") ? null : ENOENT;
                case "openat2 /a/b/c" -> made.contains("c") ? null : ENOENT;
                default -> null;
            };
        });
        assertThat(run.calls())
                .containsExactly(
                        "openat2 /a/b/c plainly",
                        "openat2 /a",
                        "openat2 /a/b",
                        "umask 0",
                        "mkdirat b 755",
                        "umask 27",
                        "openat2 /a/b",
                        "openat2 /a/b/c",
                        "umask 0",
                        "mkdirat c 755",
                        "umask 27",
                        "openat2 /a/b/c",
                        "move_mount");
    }

    @Test
    void aFileIsMadeForAFile() {
        boolean[] made = {false};
        Run run = run("rootfs: /r\ndev: none\nmounts: [{type: file, target: /f, content: x}]\n", call -> {
            made[0] |= call.startsWith("mknodat");
            return call.startsWith("openat2 /f") && !made[0] ? ENOENT : null;
        });
        assertThat(run.calls())
                .containsExactly(
                        "openat2 /f plainly",
                        "openat2 /f",
                        "umask 0",
                        "mknodat f 100644",
                        "umask 0",
                        "openat2 /f",
                        "move_mount");
    }

    @Test
    void aRaceThatIsLostIsRunAgainButNotForEver() {
        int[] left = {3};
        Run won = run("rootfs: /r\ndev: none\ntmpfs: [/a]\n", call -> switch (call) {
            case "openat2 /a plainly" -> ELOOP;
            case "openat2 /a" -> left[0]-- > 0 ? EAGAIN : null;
            default -> null;
        });
        assertThat(won.calls())
                .containsExactly(
                        "openat2 /a plainly", "openat2 /a", "openat2 /a", "openat2 /a", "openat2 /a", "move_mount");
        Run lost = run("rootfs: /r\ndev: none\ntmpfs: [/a]\n", call -> call.startsWith("openat2") ? EAGAIN : null);
        assertThat(lost.calls()).hasSize(1001).doesNotContain("move_mount");
    }

    @Test
    void whatALinkSaysTakesItsPlaceInThePath() {
        Map<String, String> links = Map.of("l", "../x/m", "m", "/y");
        List<String> there = new ArrayList<>(List.of("/a", "/a/..", "/a/../x", "/y"));
        List<String> calls = new ArrayList<>();
        Run run = runWithLinks("rootfs: /r\ndev: none\ntmpfs: [/a/l/t]\n", links, there, calls);
        assertThat(calls)
                .containsExactly(
                        "openat2 /a/l/t plainly",
                        "openat2 /a",
                        "openat2 /a/l",
                        "readlinkat l",
                        "openat2 /a",
                        "openat2 /a/..",
                        "openat2 /a/../x",
                        "openat2 /a/../x/m",
                        "readlinkat m",
                        "openat2 /y",
                        "openat2 /y/t",
                        "mkdirat t 755",
                        "openat2 /y/t",
                        "move_mount");
        assertThat(run.said()).isEmpty();
    }

    @Test
    void linksThatNeverEndAreGivenUp() {
        List<String> calls = new ArrayList<>();
        runWithLinks("rootfs: /r\ndev: none\ntmpfs: [/l]\n", Map.of("l", "l"), List.of(), calls);
        assertThat(calls.stream().filter(call -> call.equals("readlinkat l"))).hasSize(39);
        assertThat(calls).doesNotContain("move_mount");
    }

    @Test
    void aPathThatGrowsBeyondTheLongestIsRefused() {
        List<String> calls = new ArrayList<>();
        runWithLinks(
                "rootfs: /r\ndev: none\ntmpfs: [/l/x]\n",
                Map.of("l", "y".repeat(200) + "/../l/" + "z".repeat(3000)),
                List.of(),
                calls);
        assertThat(calls).doesNotContain("move_mount").hasSizeLessThan(20);
    }

    /** A file tree of links by name and of paths that are there; other parts are made. */
    private static Run runWithLinks(String keys, Map<String, String> links, List<String> there, List<String> calls) {
        List<String> made = new ArrayList<>(there);
        String[] lastMissing = {""};
        String text = "namespaces: [mount]\n" + keys + "command: [sh]\n";
        LoadedSpec spec = new SpecReader(ReadOptions.DEFAULT)
                .read("box.yaml", Path.of("/specs/box.yaml"), text.getBytes(StandardCharsets.UTF_8))
                .spec()
                .orElseThrow();
        Program program = Lowering.standalone(Planner.plan(spec, Planner.Subordinates.NONE), Arch.X86_64);
        Kernel nominal = new NominalKernel(new Caller(0, 0, true));
        StringBuilder said = new StringBuilder();
        Simulator.run(program, List.of("launcher"), Map.of(), call -> {
            if (call.process() != 1) {
                if (call.call().syscall() == Syscall.WRITEV) {
                    said.append("refused");
                }
                return nominal.answer(call);
            }
            String shown = shown(call);
            String name = shown.contains(" ") ? shown.split(" ")[1] : "";
            switch (call.call().syscall()) {
                case OPENAT2, MKDIRAT, READLINKAT, MOVE_MOUNT -> {
                    boolean failedMake = call.call().syscall() == Syscall.MKDIRAT && links.containsKey(name);
                    boolean ofTheRoot = call.call().syscall() == Syscall.MOVE_MOUNT && calls.isEmpty();
                    if (!failedMake && !ofTheRoot) {
                        calls.add(shown);
                    }
                }
                default -> {}
            }
            return switch (call.call().syscall()) {
                case STATX -> {
                    mountIdIs(call, calls.contains("move_mount") ? 0 : call.arguments()[0]);
                    yield 0L;
                }
                case OPENAT2 -> {
                    lastMissing[0] = name;
                    yield made.contains(name) && !plain(call) ? nominal.answer(call) : ENOENT;
                }
                case MKDIRAT -> {
                    made.add(lastMissing[0]);
                    if (links.containsKey(name)) {
                        made.remove(lastMissing[0]);
                        yield EEXIST;
                    }
                    yield 0L;
                }
                case READLINKAT -> {
                    String to = links.get(name);
                    if (to == null) {
                        yield EINVAL;
                    }
                    byte[] bytes = to.getBytes(StandardCharsets.UTF_8);
                    for (int i = 0; i < bytes.length; i++) {
                        call.memory().write(call.arguments()[2] + i, 1, bytes[i]);
                    }
                    yield (long) bytes.length;
                }
                default -> nominal.answer(call);
            };
        });
        return new Run(calls, said.toString());
    }

    @Test
    void nothingIsMadeWhereTheSpecPutNothing() {
        Run run = run("tmpfs: [/a]\n", call -> call.startsWith("openat2 /a") ? ENOENT : null);
        assertThat(run.calls()).containsExactly("openat2 /a plainly", "openat2 /a");
    }

    /** A kernel, or a filter, that does not say what lies where must not be taken for one that says "yours". */
    @Test
    void nothingIsMadeWhereTheKernelDoesNotSayWhatItIs() {
        for (String root : new String[] {"", "rootfs: /r\ndev: none\n"}) {
            Run run = run(root + "tmpfs: [/a, /a/b]\n", call -> switch (call) {
                case "statx" -> EPERM;
                case "openat2 /a/b plainly", "openat2 /a/b" -> ENOENT;
                default -> null;
            });
            assertThat(run.calls())
                    .containsExactly(
                            "openat2 /a plainly", "move_mount", "openat2 /a/b plainly", "openat2 /a", "openat2 /a/b");
        }
        Run run = run("rootfs: /r\ndev: none\ntmpfs: [/a]\n", call -> switch (call) {
            case "statx" -> EPERM;
            case "openat2 /a plainly" -> ELOOP;
            default -> null;
        });
        assertThat(run.calls()).containsExactly("openat2 /a plainly", "openat2 /a");
    }

    @Test
    void aRootThatWasFrozenIsThawedForTheOneCall() {
        boolean[] made = {false};
        Run run = run("rootfs: /r\ndev: none\nread_only: true\ntmpfs: [/a]\n", call -> {
            made[0] |= call.startsWith("mkdirat");
            return call.startsWith("openat2 /a") && !made[0] ? ENOENT : null;
        });
        assertThat(run.calls())
                .containsExactly(
                        "openat2 /a plainly",
                        "openat2 /a",
                        "umask 0",
                        "mount_setattr rw",
                        "mkdirat a 755",
                        "mount_setattr ro",
                        "umask 0",
                        "openat2 /a",
                        "move_mount");
    }

    @Test
    void aRootThatCannotBeFrozenAgainIsAFailure() {
        boolean[] made = {false};
        Run run = run("rootfs: /r\ndev: none\nread_only: true\ntmpfs: [/a]\n", call -> {
            made[0] |= call.startsWith("mkdirat");
            return call.startsWith("openat2 /a") && !made[0] ? ENOENT : call.equals("mount_setattr ro") ? EBUSY : null;
        });
        assertThat(run.calls()).endsWith("mount_setattr ro", "umask 0").doesNotContain("move_mount");
    }

    @Test
    void otherErrorsEndTheSearch() {
        for (Long errno : new Long[] {EPERM, EACCES, ELOOP, EROFS}) {
            Run run = run("rootfs: /r\ndev: none\ntmpfs: [/a/b]\n", call -> switch (call) {
                case "openat2 /a/b plainly" -> errno;
                case "openat2 /a" -> errno;
                default -> null;
            });
            assertThat(run.calls()).containsExactly("openat2 /a/b plainly", "openat2 /a");
        }
    }

    @Test
    void aPlainTargetIsNotSearchedForBehindALink() {
        Run run = run(
                "rootfs: /r\ndev: none\nmounts: [{type: proc, target: /proc}]\n",
                answers(Map.of("openat2 /proc plainly", ELOOP)));
        assertThat(run.calls()).containsExactly("openat2 /proc plainly");
    }

    @Test
    void aLinkThatIsMissingIsMadeAndOneThatSaysSomethingElseIsNot() {
        String keys = "rootfs: /r\ndev: none\nmounts: [{type: symlink, target: /l, to: busybox}]\n";
        assertThat(run(keys, answers(Map.of())).calls()).containsExactly("openat2 / plainly", "readlinkat l");
        assertThat(run(keys, answers(Map.of("readlinkat l", ENOENT))).calls())
                .containsExactly("openat2 / plainly", "readlinkat l", "symlinkat");
        for (Long other : new Long[] {EINVAL, 3L, 8L, EACCES}) {
            assertThat(run(keys, answers(Map.of("readlinkat l", other))).calls())
                    .containsExactly("openat2 / plainly", "readlinkat l");
        }
    }
}
