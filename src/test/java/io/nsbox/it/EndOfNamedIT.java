package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.Running.Result;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How sandboxes with a name are ended, and what others learn of it, at awkward moments. */
class EndOfNamedIT {
    private static final String HEAD =
            "namespaces: [user, mount, pid]\nuid_map: root\nmount_proc: true\nstop_grace_period: 50s\ninherit_env: [LC_*]\n";
    private static final String SLEEP = HEAD + "stop_signal: SIGKILL\ncommand: [sleep, '300']\n";
    private static final Result FINE = new Result(0, "", "");

    private Named named;

    private Named open(Identity identity) {
        named = Named.open(identity);
        return named;
    }

    @AfterEach
    void nothingIsLeft() {
        if (named != null) {
            named.close();
        }
    }

    /** Who has this file open. */
    private static List<Long> holders(Path file) {
        List<Long> holders = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
                    if (descriptors.anyMatch(descriptor -> leadsTo(descriptor, file))) {
                        holders.add(Long.parseLong(process.getFileName().toString()));
                    }
                } catch (IOException | UncheckedIOException e) {
                    // It has ended, or is somebody else's.
                    continue;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return holders;
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false;
        }
    }

    /** One that waits for another would be killed after its grace period if they were stopped one after the other. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void severalAreAskedToEndBeforeAnyIsWaitedFor(Identity identity) throws IOException {
        open(identity);
        Path folder = named.workshop().newFolder("shared");
        String other = named.name() + "-other";
        String wait = "trap 'while ! [ -e " + folder + "/told ]; do sleep 0.05; done; exit 5' TERM";
        String tell = "trap '>" + folder + "/told; exit 6' TERM";
        named.up(HEAD + "command: [sh, -c, \"" + wait + "; while :; do sleep 0.05; done\"]\n");
        Path second = named.workshop()
                .file("other.yaml", HEAD + "command: [sh, -c, \"" + tell + "; while :; do sleep 0.05; done\"]\n");
        for (String command : List.of("stop", "down")) {
            assertThat(named.nsbox("up", "-d", "--name", other, second).status())
                    .isZero();
            Path status = named.states().resolve(other).resolve("status");
            List<Long> before = holders(status);
            Running waiting = named.start("wait", named.name(), other);
            waiting.await("it waits", () -> !before.containsAll(holders(status)));
            assertThat(named.nsbox(command, named.name(), other, named.name())).isEqualTo(FINE);
            assertThat(waiting.finish()).isEqualTo(new Result(6, "5\n6\n", ""));
            Files.delete(folder.resolve("told"));
            if (command.equals("stop")) {
                assertThat(named.nsbox("rm", other)).isEqualTo(FINE);
                named.up(HEAD + "command: [sh, -c, \"" + wait + "; while :; do sleep 0.05; done\"]\n");
            }
        }
        assertThat(named.nsbox("ps", "-aq").out().lines()).doesNotContain(named.name(), other);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whoWaitsLearnsTheStatusAlsoWhereTheSandboxIsRemovedMeanwhile(Identity identity) {
        open(identity).up(SLEEP);
        Path status = named.states().resolve(named.name()).resolve("status");
        List<Long> before = holders(status);
        Running waiting = named.start("wait", named.name());
        waiting.await("it waits", () -> !before.containsAll(holders(status)));
        List<Long> asleep = new ArrayList<>(holders(status));
        asleep.removeAll(before);
        asleep.forEach(pid -> Running.signal("STOP", pid));
        assertThat(named.nsbox("down", named.name())).isEqualTo(FINE);
        named.up(SLEEP);
        asleep.forEach(pid -> Running.signal("CONT", pid));
        assertThat(waiting.finish()).isEqualTo(new Result(137, "137\n", ""));
    }

    /** As when a launcher has just ended, and its guard has not. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aLockThatIsStillHeldByNobodyThatLivesIsWaitedFor(Identity identity) {
        Requirements.requireProgram("flock");
        open(identity).up(SLEEP);
        assertThat(named.nsbox("stop", named.name())).isEqualTo(FINE);
        Path lock = named.states().resolve(named.name()).resolve("lock");
        assertThat(named.workshop()
                        .start(Map.of(), "flock", lock, "sh", "-c", "sleep 3 >/dev/null 2>&1 &")
                        .finish())
                .isEqualTo(FINE);
        assertThat(named.nsbox("rm", named.name())).isEqualTo(FINE);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aLogIsReadToItsEndAlsoWhereItIsWrittenLate(Identity identity) {
        open(identity)
                .up(
                        HEAD
                                + "command: [sh, -c, \"trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done\"]\n");
        Path log = named.states().resolve(named.name()).resolve("log");
        List<Long> logger = holders(log);
        assertThat(logger).hasSize(1);
        Running following = named.start("logs", "-f", named.name()).says("ready\n");
        Running.signal("STOP", logger.get(0));
        assertThat(named.nsbox("stop", named.name())).isEqualTo(FINE);
        Running.signal("CONT", logger.get(0));
        assertThat(following.finish()).isEqualTo(new Result(0, "ready\nbye\n", ""));
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aStopReachesTheCommandAndNotItsInit(Identity identity) {
        open(identity).up(HEAD + "init: true\ncommand: [sleep, '300']\n");
        assertThat(named.nsbox("kill", "-s", "STOP", named.name())).isEqualTo(FINE);
        assertThat(named.nsbox("top", named.name()).out())
                .containsPattern("(?m)^" + named.name() + " +\\d+ +\\d+ +T .* sleep 300$")
                .containsPattern("(?m)^" + named.name() + " +\\d+ +\\d+ +S ");
        assertThat(named.nsbox("kill", "-s", "CONT", named.name())).isEqualTo(FINE);
        assertThat(named.nsbox("top", named.name()).out())
                .containsPattern("(?m)^" + named.name() + " +\\d+ +\\d+ +S .* sleep 300$");
        assertThat(named.nsbox("stop", named.name())).isEqualTo(FINE);
        assertThat(named.nsbox("wait", named.name())).isEqualTo(new Result(143, "143\n", ""));
    }

    /** Nobody has given this user a range of ids. */
    @Test
    void whatCannotBeCompiledLeavesNothing() throws IOException {
        Requirements.requireRoot();
        open(Identity.USER);
        Path runtime = named.workshop().newFolder("others");
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path spec = named.workshop().file("auto.yaml", "namespaces: [user]\nuid_map: auto\ncommand: [id]\n");
        List<String> words =
                new ArrayList<>(List.of("setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"));
        words.addAll(List.of(named.workshop().nsbox(), "up", "-d", spec.toString()));
        Result result = Running.start(
                        runtime,
                        Map.of(
                                "PATH",
                                Workshop.PATH,
                                "HOME",
                                runtime.toString(),
                                "XDG_RUNTIME_DIR",
                                runtime.toString()),
                        words)
                .finish();
        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err()).contains("error: 'auto' needs a range of uids for 54321 in /etc/subuid");
        assertThat(runtime.resolve("nsbox")).doesNotExist();
    }

    /** Its room is taken when the sandbox starts. */
    @Test
    void theStatusIsKnownAlsoWhereTheLogHasFilledTheDisk() throws IOException {
        Requirements.requireRoot();
        open(Identity.ROOT);
        Files.createDirectories(named.states());
        Path spec = named.workshop().file("flood.yaml", HEAD + "command: [sh, -c, 'while :; do echo flood; done']\n");
        String script = "mount -t tmpfs -o size=64k,mode=700 full " + named.states() + " && \"$0\" up -d \"$1\" && "
                + "while echo >>" + named.states() + "/more; do :; done 2>/dev/null; "
                + "\"$0\" kill flood && \"$0\" wait flood";
        assertThat(named.workshop()
                        .start(
                                Map.of(),
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                script,
                                named.workshop().nsbox(),
                                spec)
                        .finish())
                .isEqualTo(new Result(137, "flood\n137\n", ""));
    }

    @Test
    void aRuntimeFolderOfSomebodyElsesIsNamed() {
        open(Identity.USER);
        Path spec = named.workshop().file("box.yaml", SLEEP);
        assertThat(named.workshop()
                        .start(
                                Map.of("XDG_RUNTIME_DIR", "/proc"),
                                named.workshop().nsbox(),
                                "up",
                                "-d",
                                spec)
                        .finish()
                        .err())
                .startsWith("nsbox: error: cannot keep account of the sandbox in /proc/nsbox: ")
                .endsWith("; XDG_RUNTIME_DIR names this place: set it to a folder of your own, or unset it\n");
    }

    /** Also by those commands that look at all of them. */
    @Test
    void aFolderThatCannotBeTrustedIsNamedByEveryCommand() throws IOException {
        open(Identity.USER).up(SLEEP);
        Path states = named.states();
        Files.setPosixFilePermissions(states, PosixFilePermissions.fromString("rwxrwxrwx"));
        String why = "the folder " + states
                + " cannot be trusted: others can write to it; chmod 700 mends that, once you know what is in it\n";
        for (String[] all : new String[][] {{"ps"}, {"stats"}, {"top"}, {"gc"}, {"rm", "-f", named.name()}}) {
            assertThat(named.nsbox((Object[]) all))
                    .isEqualTo(new Result(1, "", "nsbox: error: cannot list sandboxes: " + why));
        }
        for (String one : List.of("stats", "top", "stop", "kill", "wait", "logs", "down", "rm")) {
            assertThat(named.nsbox(one, named.name()).err()).isEqualTo("nsbox: error: " + named.name() + ": " + why);
        }
        Files.setPosixFilePermissions(states, PosixFilePermissions.fromString("rwx------"));
    }
}
