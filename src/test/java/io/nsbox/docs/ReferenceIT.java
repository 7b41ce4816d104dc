package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/reference.md says where the language allows two readings, tried out as an ordinary user. */
class ReferenceIT {
    private static Reader user;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        user = Reader.ordinaryUser();
        user.requireClone();
    }

    @BeforeEach
    void letTheUserIn() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterAll
    static void end() {
        user.close();
    }

    @Test
    void anEmptyListOfNamespacesMakesNone() throws IOException {
        Commands.Result inside = up("""
                namespaces: []
                command: [readlink, /proc/self/ns/user, /proc/self/ns/mnt, /proc/self/ns/pid, /proc/self/ns/uts]
                """);
        Commands.Result outside = user.run(
                "readlink", "/proc/self/ns/user", "/proc/self/ns/mnt", "/proc/self/ns/pid", "/proc/self/ns/uts");
        assertThat(inside).isEqualTo(outside);
    }

    @Test
    void idsThatAMapDoesNotCoverShowAsTheOverflowId() throws IOException {
        assertThat(up("""
                namespaces: [user]
                gid_map: [{inside: 7, outside: %s}]
                command: [sh, -c, "id -u; id -g"]
                """.formatted(user.run("id", "-g").out().strip())))
                .isEqualTo(new Commands.Result(0, "65534\n7\n", ""));
    }

    @Test
    void oneKeywordGoesForBothMaps() throws IOException {
        assertThat(up("""
                namespaces: [user]
                gid_map: root
                command: [sh, -c, "id -u; id -g"]
                """)).isEqualTo(new Commands.Result(0, "0\n0\n", ""));
    }

    @Test
    void aPathIsAlwaysSet() throws IOException {
        assertThat(up("""
                namespaces: []
                inherit_env: false
                command: [/usr/bin/env]
                """))
                .isEqualTo(new Commands.Result(
                        0, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", ""));
    }

    @Test
    void variablesOfTheSpecWinAndStandInItsOrderBeforeNamesTakenFromTheCaller() throws IOException {
        assertThat(up("LANG=caller LC_TIME=caller LC_ALL=caller FROM=caller", """
                namespaces: []
                environment: [Z=1, LC_TIME=spec, FROM, UNSET, A=2]
                inherit_env: [LANG, LC_*]
                command: [/usr/bin/env]
                """))
                .isEqualTo(new Commands.Result(0, """
                        LC_ALL=caller
                        Z=1
                        LC_TIME=spec
                        A=2
                        LANG=caller
                        FROM=caller
                        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
                        """, ""));
    }

    @Test
    void theTimeLimitGivesItsStatusEvenToACommandThatEndsByItself() throws IOException {
        assertThat(up("""
                namespaces: [user, pid]
                timeout: 200ms
                command: [sh, -c, "trap 'echo asked; exit 3' TERM; sleep 30 & wait"]
                """)).isEqualTo(new Commands.Result(124, "asked\n", ""));
    }

    @Test
    void aGracePeriodOfZeroKillsAtOnce() throws IOException {
        assertThat(up("""
                namespaces: [user, pid]
                timeout: 200ms
                stop_grace_period: 0s
                command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"]
                """)).isEqualTo(new Commands.Result(124, "", ""));
    }

    @Test
    void dispositionsAreResetButForTheHangUp() throws IOException {
        Path spec = spec("""
                namespaces: []
                command: [grep, SigIgn, /proc/self/status]
                """);
        String script = "trap '' HUP INT TERM USR1 CHLD; exec bin/nsbox up " + spec;
        assertThat(user.run("sh", "-c", script)).isEqualTo(new Commands.Result(0, "SigIgn:\t0000000000000001\n", ""));
    }

    private Commands.Result up(String spec) throws IOException {
        return user.run("bin/nsbox", "up", spec(spec).toString());
    }

    private Commands.Result up(String variables, String spec) throws IOException {
        return user.run("sh", "-c", "env -i HOME=\"$HOME\" " + variables + " bin/nsbox up " + spec(spec));
    }

    private Path spec(String text) throws IOException {
        return Files.writeString(folder.resolve("box.yaml"), text);
    }
}
