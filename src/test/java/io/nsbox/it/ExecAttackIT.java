package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.Running.Result;
import io.nsbox.plan.SandboxProcess;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attacks of a sandbox on who enters it, and of others on the account that is kept of sandboxes. */
class ExecAttackIT {
    private static final String HEAD =
            "namespaces: [user, mount, pid, uts]\nuid_map: root\nmount_proc: true\nstop_grace_period: 0s\n";
    private static final String SLEEP = "command: [sleep, '300']\n";

    /**
     * Reads and traces whatever it can, and says which program that was: PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH (ptrace(2)).
     * It waits for each that it has seized, also for one that has ended and has no program any more: that would stay, and nobody
     * else would hear of its end.
     */
    private static final String SPY = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            libc.ptrace.argtypes = [ctypes.c_long] * 4
            own = os.getpid()
            print('ready', flush=True)
            while True:
                for pid in [int(p) for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, own)]:
                    try:
                        name = os.readlink('/proc/%d/exe' % pid)
                        files = os.listdir('/proc/%d/fd' % pid)
                        print('read', name, flush=True)
                    except OSError:
                        pass
                    try:
                        open('/proc/%d/mem' % pid, 'rb').close()
                        print('read', os.readlink('/proc/%d/exe' % pid), flush=True)
                    except OSError:
                        pass
                    if libc.ptrace(0x4206, pid, 0, 0) == 0:
                        try:
                            print('traced', os.readlink('/proc/%d/exe' % pid), flush=True)
                        except OSError:
                            pass
                        libc.ptrace(0x4207, pid, 0, 0)
                        os.waitpid(pid, 0x40000000)
                        libc.ptrace(17, pid, 0, 0)
            """;

    private Named named;

    @AfterEach
    void nothingIsLeft() {
        if (named != null) {
            named.close();
        }
    }

    private Path spec() {
        return named.workshop().folder().resolve(named.name() + ".yaml");
    }

    /** S2. The sandbox sees the machine's processes, so it sees those that enter it before they are in. */
    @Test
    void whatEntersCannotBeTracedOrReadBeforeItIsTheCommand() {
        Requirements.requireProgram("python3");
        for (String namespaces : List.of("[user, mount, uts]", "[user, mount, pid, uts]")) {
            named = Named.open(Identity.USER);
            named.workshop().file("spy.py", SPY);
            named.up("namespaces: " + namespaces + "\nuid_map: root\nstop_grace_period: 0s\n"
                    + (namespaces.contains("pid") ? "mount_proc: true\n" : "")
                    + "command: [/usr/bin/python3, spy.py]\n");
            Running.awaitThat("the spy looks around", () -> said().contains("ready"));
            for (int i = 0; i < 8; i++) {
                assertThat(named.exec("sleep", "0.3")).isEqualTo(new Result(0, "", ""));
            }
            List<String> caught =
                    said().lines().filter(line -> line.contains("/")).distinct().toList();
            assertThat(caught).isNotEmpty().allMatch(line -> line.endsWith("/sleep"));
            named.close();
        }
        named = null;
    }

    private String said() {
        return named.nsbox("logs", named.name()).out();
    }

    /** S1. The command's own file is what the launcher was; the interpreter of this script would be the launcher's. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aScriptThatMakesTheLauncherItsInterpreterReachesNoFileOfTheHost(Identity identity) throws Exception {
        named = Named.open(identity).up(HEAD + SLEEP);
        Path script = named.workshop().script("evil", "#!/proc/self/exe\n");
        Path nsbox = Path.of(named.workshop().nsbox());
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        byte[] before = Files.readAllBytes(nsbox);
        byte[] machine = Files.readAllBytes(java);
        assertThat(named.exec(script).status()).isIn(125, 126);
        Result overwritten = named.exec(
                "sh",
                "-c",
                "for exe in /proc/[0-9]*/exe; do if echo evil 2>&- >>$exe; then echo written $exe; fi; done");
        assertThat(overwritten.out()).doesNotContain("written");
        assertThat(Files.readAllBytes(nsbox)).isEqualTo(before);
        assertThat(Files.readAllBytes(java)).isEqualTo(machine);
    }

    /** S1. Those inside who got hold of the file of a launcher that has ended may have written anything into it. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatHasChangedAnOldLauncherChangesNothingThatRuns(Identity identity) throws IOException {
        named = Named.open(identity).up(HEAD + SLEEP);
        List<Path> before = launchers();
        Result first = named.exec("echo", "right");
        assertThat(first).isEqualTo(new Result(0, "right\n", ""));
        List<Path> made = launchers();
        made.removeAll(before);
        assertThat(made).hasSize(1);
        Files.writeString(made.get(0), "#!/bin/sh\necho evil\n");
        assertThat(named.exec("echo", "right")).isEqualTo(first);
        assertThat(launchers()).containsAll(made);
    }

    /** Those that were made for this sandbox; others may run there too. */
    private List<Path> launchers() throws IOException {
        try (Stream<Path> files = Files.list(named.workshop().cache().resolve("once"))) {
            return files.filter(this::isOfThisSandbox).collect(Collectors.toCollection(ArrayList::new));
        }
    }

    private boolean isOfThisSandbox(Path launcher) {
        try {
            return Files.readString(launcher, StandardCharsets.ISO_8859_1).contains(named.name());
        } catch (IOException e) {
            return false;
        }
    }

    /** S3. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatTheCallerLeftOpenIsClosed(Identity identity) {
        named = Named.open(identity).up(HEAD + SLEEP);
        Result result = named.workshop()
                .start(
                        named.environment(),
                        "sh",
                        "-c",
                        "exec 7</ 9</; \"$0\" exec \"$1\" -- ls /proc/self/fd",
                        named.workshop().nsbox(),
                        named.name())
                .finish();
        assertThat(result).isEqualTo(new Result(0, "0\n1\n2\n3\n", ""));
    }

    /** S18, S19. Between the sandbox's namespaces and the command nothing of its files is opened: no library, no list of users. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void nothingOfTheSandboxIsOpenedBeforeTheCommand(Identity identity) throws IOException {
        Requirements.requireProgram("strace");
        named = Named.open(identity).up(HEAD + "user: \"0:0\"\n" + SLEEP);
        SandboxProcess process = EntryImage.process(spec(), named.told("pid"), named.told("launcher_pid"));
        Path launcher = EntryImage.compile(named.workshop(), "enter", spec(), process, "true");
        Path log = named.workshop().file("log", "");
        assertThat(named.workshop().run("strace", "-f", "-o", log, launcher)).isEqualTo(new Result(0, "", ""));
        List<String> inside = new ArrayList<>();
        boolean entered = false;
        for (String line : Files.readAllLines(log)) {
            if (line.contains("execve(") && entered) {
                break;
            }
            entered |= line.contains("setns(");
            if (entered) {
                inside.add(line);
            }
        }
        assertThat(inside).isNotEmpty().noneMatch(line -> line.matches("\\d+ +(open|mmap|readlink|connect|stat).*"));
    }

    /** S22. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void theSessionKeyringIsANewOne(Identity identity) {
        Requirements.requireFile("/proc/keys");
        Requirements.requireProgram("python3");
        named = Named.open(identity).up(HEAD + SLEEP);
        int keyctl = io.nsbox.program.Syscall.KEYCTL.number(Workshop.arch());
        String serial = "print(ctypes.CDLL(None).syscall(" + keyctl + ",0,-3,0), flush=True)";
        // A keyring of the caller's own: without one, what the kernel shows differs from one user namespace to the
        // next.
        Result both = named.workshop()
                .start(
                        named.environment(),
                        "python3",
                        "-c",
                        "import ctypes,os,sys; ctypes.CDLL(None).syscall(" + keyctl + ",1,0); " + serial
                                + "; os.execv(sys.argv[1], sys.argv[1:])",
                        named.workshop().nsbox(),
                        "exec",
                        named.name(),
                        "--",
                        "python3",
                        "-c",
                        "import ctypes; " + serial)
                .finish();
        assertThat(both.status()).as(both.toString()).isZero();
        assertThat(both.out().lines().distinct()).hasSize(2);
    }

    /** S25. The pid is another process's by the time that the launcher runs. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aPidThatIsAnotherProcesssByNowIsNotEntered(Identity identity) {
        named = Named.open(identity).up(HEAD + SLEEP);
        SandboxProcess sandbox = EntryImage.process(spec(), named.told("pid"), named.told("launcher_pid"));
        Running other = named.workshop().start("sleep", "300");
        SandboxProcess reused = new SandboxProcess(other.pid(), sandbox.launcher(), sandbox.namespaces());
        Path launcher = EntryImage.compile(
                named.workshop(),
                "enter",
                spec(),
                reused,
                "touch",
                named.workshop().folder().resolve("entered").toString());
        Result refused = named.workshop().run(launcher);
        other.signal("KILL").finish();
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err())
                .contains("refused: hold the sandbox " + named.name() + ": ESRCH (No such process)\n")
                .endsWith("  = help: the sandbox has ended\n");
        assertThat(named.workshop().folder().resolve("entered")).doesNotExist();
    }

    /** S25. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aPidThatSomebodyWroteIntoTheAccountIsNotTrusted(Identity identity) throws IOException {
        named = Named.open(identity).up(HEAD + SLEEP);
        Running victim = named.workshop().start("sleep", "300");
        Path pids = named.states().resolve(named.name() + "/pids");
        String before = Files.readString(pids);
        Files.writeString(pids, named.told("launcher_pid") + " " + victim.pid() + "\n");
        Result refused = new Result(125, "", "nsbox: error: the sandbox '" + named.name() + "' is not running\n");
        assertThat(named.exec("true")).isEqualTo(refused);
        Files.writeString(pids, victim.pid() + " " + victim.pid() + "\n");
        assertThat(named.exec("true")).isEqualTo(refused);
        Files.writeString(pids, before);
        assertThat(victim.isAlive()).isTrue();
        victim.signal("KILL").finish();
        assertThat(named.exec("true").status()).isZero();
    }

    /** S20. Who can write to the folder could have put another sandbox, or another spec, into it. */
    @Test
    void anAccountThatOthersCanWriteToIsRefused() throws IOException {
        named = Named.open(Identity.USER).up(HEAD + SLEEP);
        Path states = named.states();
        Files.setPosixFilePermissions(states, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(named.exec("true"))
                .isEqualTo(
                        new Result(
                                125,
                                "",
                                "nsbox: error: " + named.name() + ": the folder " + states
                                        + " cannot be trusted: others can write to it; chmod 700 mends that, once you know what is in it\n"));
        Files.setPosixFilePermissions(states, PosixFilePermissions.fromString("rwx------"));
        Path moved = Files.move(states, states.resolveSibling("elsewhere"));
        Files.createSymbolicLink(states, moved);
        assertThat(named.exec("true").status()).isEqualTo(125);
        Files.delete(states);
        Files.move(moved, states);
        Path own = states.resolve(named.name());
        Path aside = Files.move(own, states.resolveSibling("aside"));
        Files.createSymbolicLink(own, aside);
        assertThat(named.exec("true").err()).startsWith("nsbox: error: no sandbox is called '" + named.name() + "'");
        Files.delete(own);
        Files.move(aside, own);
        assertThat(named.exec("true").status()).isZero();
        for (String name : List.of("../" + named.name(), "./" + named.name(), "..", named.name() + "/lock", "")) {
            assertThat(named.nsbox("exec", name, "--", "true").status()).isEqualTo(125);
        }
    }
}
