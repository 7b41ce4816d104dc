package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.Running.Result;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attacks of those who are inside already on a launcher that comes in beside them. */
class JoinAttackIT {
    /**
     * Holds the file of the first launcher that it can look at, until nobody executes it any more, and writes into it then: as
     * long as somebody does, the kernel answers ETXTBSY.
     */
    private static final String WRITER = """
            import errno, os, time
            print('ready', flush=True)
            kept = None
            while kept is None:
                for pid in [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]:
                    try:
                        file = os.open('/proc/%s/exe' % pid, os.O_RDONLY)
                    except OSError:
                        continue
                    name = os.readlink('/proc/self/fd/%d' % file)
                    if name.startswith('/memfd:nsbox') or name.endswith('/attacked'):
                        kept = file
                        break
                    os.close(file)
            print('opened', name, flush=True)
            while True:
                try:
                    to = os.open('/proc/self/fd/%d' % kept, os.O_WRONLY)
                    os.write(to, b'#!/evil')
                    print('written', flush=True)
                    break
                except OSError as e:
                    if e.errno != errno.ETXTBSY:
                        print('refused', errno.errorcode[e.errno], flush=True)
                        break
                time.sleep(0.01)
            """;

    /** Tells the programs of all processes whose memory it can open, or whose files it can list. */
    private static final String SPY = """
            import os
            print('ready', flush=True)
            seen = set()
            while True:
                for pid in [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]:
                    try:
                        name = os.readlink('/proc/%s/exe' % pid)
                        os.listdir('/proc/%s/fd' % pid)
                        open('/proc/%s/mem' % pid, 'rb').close()
                    except OSError:
                        continue
                    if name not in seen:
                        seen.add(name)
                        print('read', name, flush=True)
            """;

    /**
     * Runs a launcher whose message nobody reads until the writer has said that it has a file: its standard error is a pipe that
     * is full (64 KiB, pipe(7)). So the launcher that the command's interpreter is stays as long as it takes.
     */
    private static final String STAY = """
            mkfifo full
            exec 3<>full
            dd if=/dev/zero bs=65536 count=1 2>/dev/null >&3
            "$1" 2>&3 3<&- &
            until grep -q opened "$2"; do sleep 0.02; done
            dd bs=65536 count=1 2>/dev/null <&3 >/dev/null
            wait $!
            """;

    private static String namespace(Running owner, String name) {
        return "/proc/" + owner.pid() + "/ns/" + name;
    }

    private static Running inside(Workshop workshop, String program, String... before) {
        Path script = workshop.file("inside.py", program);
        Path log = workshop.file("log", "");
        String command = String.join(" ", before) + " python3 " + script + " >" + log;
        Running inside = workshop.start("sh", "-c", "exec " + command);
        Running.awaitThat("it looks around", () -> said(workshop).contains("ready"));
        return inside;
    }

    private static String said(Workshop workshop) {
        try {
            return Files.readString(workshop.folder().resolve("log"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void attack(Workshop workshop, Path launcher, String named) throws IOException {
        byte[] before = Files.readAllBytes(launcher);
        Result executed =
                workshop.run("sh", "-c", STAY, "sh", launcher, workshop.folder().resolve("log"));
        assertThat(executed).isEqualTo(new Result(125, "", ""));
        Running.awaitThat(
                "the attack is over",
                () -> said(workshop).contains("written") || said(workshop).contains("refused"));
        assertThat(said(workshop)).isEqualTo("ready\nopened " + named + "\nrefused EPERM\n");
        assertThat(Files.readAllBytes(launcher)).isEqualTo(before);
    }

    /** S1. The command is a script whose interpreter is the launcher, which so is executed among those who are inside. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoIsInsideAJoinedUserNamespaceCannotWriteToTheLauncher(Identity identity) throws IOException {
        Requirements.requireProgram("python3");
        try (Workshop workshop = Workshop.open(identity)) {
            Running writer = inside(workshop, WRITER, "unshare", "-U", "-r", "-m");
            Path evil = workshop.script("evil", "#!/proc/self/exe\n");
            Path launcher = workshop.launcher(
                    "attacked",
                    "namespaces: [{user: " + namespace(writer, "user") + "}, {mount: " + namespace(writer, "mnt")
                            + "}]\nuser: 0:0\ncommand: [" + evil + "]\n");
            attack(workshop, launcher, "/memfd:nsbox (deleted)");
            writer.finish();
        }
    }

    /** S1. Without a pid namespace a command's children outlive it; without a user namespace they are the next one's equals. */
    @Test
    void whatAnEarlierCommandLeftBehindCannotWriteToTheLauncher() throws IOException {
        Requirements.requireProgram("python3");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path evil = workshop.script("evil", "#!/proc/self/exe\n");
            Path script = workshop.file("inside.py", WRITER);
            Path log = workshop.file("log", "");
            String box = "namespaces: [mount]\nrootfs: /\ncap_drop: [ALL]\ntty: false\nmounts:\n  - /proc:/proc\n"
                    + "  - {type: tmpfs, target: /tmp}\n  - " + evil + ":/tmp/evil\n  - " + script + ":/tmp/inside.py\n"
                    + "  - " + log + ":/tmp/log\n";
            Path first = workshop.launcher(
                    "first", box + "command: [sh, -c, \"python3 /tmp/inside.py >/tmp/log 2>&1 & echo $!\"]\n");
            Result left = workshop.run(first);
            assertThat(left.out()).matches("\\d+\n");
            Running.awaitThat("it looks around", () -> said(workshop).contains("ready"));
            try {
                attack(
                        workshop,
                        workshop.launcher("attacked", box + "command: [/tmp/evil]\n"),
                        "/memfd:nsbox (deleted)");
            } finally {
                ProcessHandle.of(Long.parseLong(left.out().strip())).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    /** S2. Between setns(2) and the command the process has the caller's ids and files: here for half a second. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoIsInsideAJoinedUserNamespaceCannotReadTheLauncherThatComesIn(Identity identity) {
        Requirements.requireProgram("python3");
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            Running spy = inside(workshop, SPY, "unshare", "-U", "-r", "-m");
            Path launcher = workshop.launcher(
                    "attacked",
                    "namespaces: [{user: " + namespace(spy, "user") + "}, {mount: " + namespace(spy, "mnt")
                            + "}]\noom_score_adj: 500\ncommand: [sleep, '0.5']\n");
            observed(workshop, launcher, "setns:delay_exit=500000");
            spy.signal("KILL").finish();
        }
    }

    /** S2. A user namespace that is made is its maker's to look into, as long as a process is dumpable. */
    @Test
    void whoIsInsideAJoinedPidNamespaceCannotReadTheLauncherThatComesIn() {
        Requirements.requireProgram("python3");
        Requirements.requireProgram("strace");
        Requirements.requireProgram("setpriv");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            // No capability is left to it, but the user id is the caller's.
            Running spy = inside(
                    workshop,
                    SPY,
                    "unshare",
                    "-p",
                    "-f",
                    "--mount-proc",
                    "setpriv",
                    "--bounding-set=-all",
                    "--inh-caps=-all");
            long first = Running.childOf(spy.pid());
            Path launcher = workshop.launcher(
                    "attacked",
                    "namespaces: [user, {pid: /proc/" + first + "/ns/pid}]\nuid_map: root\ncommand: [sleep, '0.5']\n");
            observed(workshop, launcher, "prctl:delay_enter=300000");
            spy.signal("KILL").finish();
        }
    }

    private static void observed(Workshop workshop, Path launcher, String slow) {
        Result result = workshop.run(
                "strace",
                "-f",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + slow.substring(0, slow.indexOf(':')),
                "-e",
                "inject=" + slow,
                launcher);
        assertThat(result).isEqualTo(new Result(0, "", ""));
        List<String> read =
                said(workshop).lines().filter(line -> line.contains("/")).toList();
        assertThat(read).isNotEmpty().allMatch(line -> line.endsWith("/sleep"));
    }

    /** The file that shifts clocks is opened before its process is closed to others, and its owner too. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void clocksAreShiftedInAJoinedUserNamespaceAndTheOomScoreIsSet(Identity identity) {
        Requirements.requireFile("/proc/self/ns/time");
        try (Workshop workshop = Workshop.open(identity)) {
            Running owner = workshop.start("unshare", "-U", "-r", "sh", "-c", "echo ready; exec sleep 300")
                    .says("ready");
            Path launcher = workshop.launcher(
                    "box",
                    "namespaces: [{user: " + namespace(owner, "user")
                            + "}, time]\ntime_offsets: {monotonic: 1d}\noom_score_adj: 700\n"
                            + "command: [sh, -c, \"cat /proc/self/timens_offsets /proc/self/oom_score_adj\"]\n");
            assertThat(workshop.run(launcher))
                    .isEqualTo(new Result(
                            0, "monotonic       86400         0\nboottime            0         0\n700\n", ""));
            owner.signal("KILL").finish();
        }
    }

    /** What cannot be had is refused, not left out. */
    @Test
    void whereMemoryMayNotBeExecutedTheLauncherRefuses() {
        Requirements.requireFile("/proc/sys/vm/memfd_noexec");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            Path launcher = workshop.launcher("box", "namespaces: [{uts: /proc/self/ns/uts}]\ncommand: [id]\n");
            // The setting belongs to a pid namespace (proc_sys_vm(5)).
            Result refused = workshop.run(
                    "unshare",
                    "-p",
                    "-f",
                    "-m",
                    "--mount-proc",
                    "sh",
                    "-c",
                    "echo 2 >/proc/sys/vm/memfd_noexec; exec " + launcher);
            assertThat(refused)
                    .isEqualTo(
                            new Result(
                                    125,
                                    "",
                                    "nsbox: error: step 1 of 18 refused: run from a sealed copy of the launcher: EACCES (Permission denied)\n"
                                            + "  = note: the call was memfd_create(\"nsbox\", MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC)\n"
                                            + "  = help: vm.memfd_noexec or a security module forbids to run from memory, which keeps the launcher's file from those inside\n"));
        }
    }
}
