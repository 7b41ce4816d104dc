package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code bin/nsbox} where its caller, or the machine, leaves it hardly anything: it works, or says what it lacks. */
class HostileCallerIT {
    private static final String SPEC = "namespaces: [user]\ncommand: [echo, hello]\n";

    private static Running.Result hello() {
        return new Running.Result(0, "hello\n", "");
    }

    private static Running.Result refused(String why) {
        return new Running.Result(125, "", "nsbox: error: " + why + "\n");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatShellsAndJavaReadInVariablesChangesNothing(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", SPEC);
            workshop.file("evil", "echo evil\n");
            Map<String, String> variables = Map.ofEntries(
                    Map.entry("IFS", " /.abox"),
                    Map.entry("CDPATH", "/:/usr"),
                    Map.entry("ENV", workshop.folder() + "/evil"),
                    Map.entry("BASH_ENV", workshop.folder() + "/evil"),
                    Map.entry("BASH_FUNC_exec%%", "() { echo evil; }"),
                    Map.entry("PWD", "/etc"),
                    Map.entry("CLASSPATH", "/etc"),
                    Map.entry("JAVA_TOOL_OPTIONS", "-Xmx1m"),
                    Map.entry("JDK_JAVA_OPTIONS", "-version"),
                    Map.entry("_JAVA_OPTIONS", "-Xbogus"),
                    Map.entry("LC_ALL", "xx_YY.bogus"),
                    Map.entry("NSBOX_SAVED_LC_ALL", "evil"),
                    Map.entry("HUGE", "x".repeat(120_000)));
            for (int i = 0; i < 2; i++) {
                assertThat(workshop.start(variables, workshop.nsbox(), "up", "box.yaml")
                                .finish())
                        .isEqualTo(hello());
            }
            assertThat(workshop.start(variables, workshop.nsbox(), "validate", spec)
                            .finish())
                    .isEqualTo(new Running.Result(0, spec + " is valid\n", ""));
        }
    }

    /** Java cannot name such a folder, and would make another one instead. */
    @Test
    void aCacheWhoseNameIsNotUtf8IsNotUsed() {
        try (Workshop workshop = Workshop.open(Identity.USER)) {
            workshop.file("box.yaml", SPEC);
            Path script = workshop.file("script", """
                    mkdir caches
                    export XDG_CACHE_HOME="$PWD/caches/$(printf '\\377')"
                    "$1" up box.yaml
                    "$1" up box.yaml
                    NSBOX_DEBUG=1 "$1" up box.yaml
                    ls -b caches
                    """);
            assertThat(workshop.run("sh", script, workshop.nsbox()))
                    .isEqualTo(new Running.Result(
                            0,
                            "hello\nhello\nhello\n\\377\n",
                            "nsbox: note: there is no cache: neither HOME nor XDG_CACHE_HOME holds an absolute path in UTF-8;"
                                    + " the launcher runs from memory\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aWorkingDirectoryThatWasRemovedIsToldBeforeJavaMinds(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path spec = workshop.file("box.yaml", SPEC);
            String script = "mkdir gone && cd gone && rmdir ../gone && exec \"$@\" 2>../err";
            for (String file : new String[] {"box.yaml", spec.toString()}) {
                Running.Result result = workshop.run("sh", "-c", script, "sh", workshop.nsbox(), "up", file);
                assertThat(result.status()).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                // The shell itself has a word to say, too.
                assertThat(read(workshop, "err").lines().filter(line -> !line.startsWith("sh: ")))
                        .containsExactly("nsbox: error: the working directory was removed; go to another one");
            }
            assertThat(workshop.run(workshop.nsbox(), "up", spec)).isEqualTo(hello());
            // Warm, nothing needs the working directory.
            Running.Result warm = workshop.run("sh", "-c", script, "sh", workshop.nsbox(), "up", spec);
            assertThat(warm).isEqualTo(hello());
        }
    }

    @Test
    void withoutAProcItSaysSo() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.file("box.yaml", SPEC);
            assertThat(workshop.run(
                            "unshare",
                            "-m",
                            "sh",
                            "-c",
                            "umount -l /proc && exec \"$@\"",
                            "sh",
                            workshop.nsbox(),
                            "up",
                            "box.yaml"))
                    .isEqualTo(refused("Java needs a /proc that shows its own processes: mount -t proc proc /proc"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void withoutTheProgramsThatItNeedsItNamesOne(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("box.yaml", SPEC);
            Running.Result result = workshop.start(
                            Map.of("PATH", "/nowhere"), "/bin/sh", workshop.nsbox(), "up", "box.yaml")
                    .finish();
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).endsWith("nsbox: error: the PATH has no readlink that works: /nowhere\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aJavaThatCannotStartForWantOfMemoryOrProcessesIsToldWith125(Identity identity) {
        Requirements.requireProgram("bash");
        Requirements.requireProgram("prlimit");
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("box.yaml", SPEC);
            Running.Result memory = workshop.run("prlimit", "--as=600000000", workshop.nsbox(), "up", "box.yaml");
            assertThat(memory.status()).isEqualTo(125);
            assertThat(memory.err())
                    .contains("nsbox: error: /")
                    .endsWith("/bin/java could not run: what it says is above;"
                            + " it needs memory, processes and files (ulimit -a)\n");
            // The kernel does not hold root to this.
            if (identity != Identity.ROOT) {
                Running.Result processes = workshop.run("prlimit", "--nproc=1", workshop.nsbox(), "up", "box.yaml");
                assertThat(processes.status()).isEqualTo(125);
                assertThat(processes.err()).contains("fork");
            }
        }
    }

    /** The binding would put its half into the working directory then, for the owner of that to exchange. */
    @Test
    void nativeCodeIsLoadedFromNoFolderOfOthers() {
        Requirements.requireProgram("strace");
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            String name = workshop.folder().getFileName().toString();
            workshop.file(
                    "box.yaml",
                    "name: " + name + "\nnamespaces: [user, pid]\ncommand: [sleep, 300]\nstop_grace_period: 0s\n");
            Running.Result result = withoutProgramsInTmp(workshop, """
                    nsbox up -d box.yaml
                    strace -f -qq -e trace=openat -o /mnt/trace sh "$NSBOX" stop NAME
                    grep -o '"[^"]*jffi[^"]*[.]so", O_RDONLY' /mnt/trace | sed 's|/native[0-9]*/jffi[0-9]*|/FOLDER/FILE|' | sort -u
                    nsbox rm NAME
                    ls
                    find /tmp /var/cache/nsbox -maxdepth 1 -name 'jffi*' -o -maxdepth 1 -name 'native*'
                    """.replace("NAME", name));
            assertThat(result)
                    .isEqualTo(new Running.Result(
                            0, name + "\n\"/var/cache/nsbox/FOLDER/FILE.so\", O_RDONLY\nbox.yaml\n", ""));
        }
    }

    @Test
    void whereNoFolderAllowsNativeCodeItSaysWhatItNeeds() {
        Requirements.requireProgram("unshare");
        try (Workshop workshop = Workshop.open(Identity.ROOT)) {
            workshop.file("box.yaml", SPEC);
            assertThat(withoutProgramsInTmp(
                            workshop, "mount -t tmpfs -o ro tmpfs /var/cache\nnsbox up box.yaml || exit $?\n"))
                    .isEqualTo(refused("cannot run the launcher from memory: Java can load native code neither from the"
                            + " cache nor from /tmp: one of them must be a folder that can be written to, and not be"
                            + " mounted noexec"));
        }
    }

    /** Runs a script with box.yaml in a working directory on /mnt, where nothing in /tmp can be executed. */
    private static Running.Result withoutProgramsInTmp(Workshop workshop, String script) {
        workshop.file("script", """
                mount -t tmpfs tmpfs /mnt
                mkdir /mnt/work
                cp box.yaml /mnt/work
                mount --bind /tmp /tmp
                mount -o remount,bind,noexec /tmp
                cd /mnt/work
                nsbox() { sh "$NSBOX" "$@"; }
                """ + script);
        return workshop.start(
                        Map.of("NSBOX", workshop.nsbox()),
                        "unshare",
                        "-m",
                        "--propagation",
                        "private",
                        "sh",
                        "-eu",
                        "script")
                .finish();
    }

    private static String read(Workshop workshop, String file) {
        try {
            return Files.readString(workshop.folder().resolve(file));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
