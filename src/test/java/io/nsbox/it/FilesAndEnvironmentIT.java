package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the command gets of its caller: files, environment, working directory; and how it is found. */
class FilesAndEnvironmentIT {
    private static final String USER = "namespaces: [user]\n";

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theCommandHasItsStandardStreamsAndNoOtherFile(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher(
                    "box", USER + "command: [sh, -c, 'for f in /proc/self/fd/*; do echo ${f##*/}; done']\n");
            // The shell's own listing opens one more, the lowest that is free.
            assertThat(workshop.run("sh", "-c", "exec 7</ 9>/dev/null; exec ./box")
                            .out())
                    .isEqualTo("0\n1\n2\n3\n");
            assertThat(Files.exists(launcher)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aClosedStandardStreamIsFilledWithTheNullDevice(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher("box", USER + "command: [sh, -c, 'readlink /proc/$$/fd/0 /proc/$$/fd/2']\n");
            assertThat(workshop.run("sh", "-c", "exec ./box <&- 2>&-"))
                    .isEqualTo(new Running.Result(0, "/dev/null\n/dev/null\n", ""));
            workshop.launcher(
                    "all", USER + "command: [sh, -c, 'x=$(readlink /proc/$$/fd/1); echo $x >seen; echo lost']\n");
            assertThat(workshop.run("sh", "-c", "exec ./all <&- >&- 2>&-")).isEqualTo(new Running.Result(0, "", ""));
            assertThat(content(workshop.folder().resolve("seen"))).isEqualTo("/dev/null\n");
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Runs {@code env} in a sandbox, from an environment of exactly these variables. */
    private static List<String> environment(Identity identity, String keys, Map<String, String> caller) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher("box", USER + keys + "command: [/usr/bin/env]\n");
            String variables = caller.entrySet().stream()
                    .map(each -> each.getKey() + "='" + each.getValue() + "'")
                    .collect(Collectors.joining(" "));
            Running.Result result = workshop.run("sh", "-c", "exec env -i " + variables + " ./box");
            assertThat(result.status()).as(result.toString()).isZero();
            return result.out().lines().sorted().toList();
        }
    }

    private static final Map<String, String> CALLER = new TreeMap<>(Map.of(
            "PATH", "/bin:/usr/bin",
            "HOME", "/home/me",
            "TERM", "dumb",
            "LC_TIME", "C",
            "LC_ALL", "C.UTF-8",
            "LANG", "de_DE",
            "SECRET", "x",
            "SHELL", "/bin/zsh",
            "LCX", "no"));

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatAPersonExpectsIsInheritedByDefault(Identity identity) {
        assertThat(environment(identity, "", CALLER))
                .containsExactly(
                        "HOME=/home/me",
                        "LANG=de_DE",
                        "LC_ALL=C.UTF-8",
                        "LC_TIME=C",
                        "PATH=/bin:/usr/bin",
                        "SHELL=/bin/zsh",
                        "TERM=dumb");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void allOrNothingOrWhatIsListedIsInherited(Identity identity) {
        assertThat(environment(identity, "inherit_env: true\n", CALLER)).hasSize(CALLER.size());
        assertThat(environment(identity, "inherit_env: false\n", CALLER))
                .containsExactly("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        assertThat(environment(identity, "inherit_env: [SEC*, HOME, PATH, NOT_THERE]\n", CALLER))
                .containsExactly("HOME=/home/me", "PATH=/bin:/usr/bin", "SECRET=x");
        assertThat(environment(identity, "inherit_env: []\n", CALLER)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whatTheSpecSetsWinsAndAKeyAloneTakesTheCallersValue(Identity identity) {
        String map =
                "inherit_env: [LC_*, TERM]\nenvironment: {TERM: xterm, SECRET: , MISSING: , A: 'b c', PATH: /bin}\n";
        assertThat(environment(identity, map, CALLER))
                .containsExactly("A=b c", "LC_ALL=C.UTF-8", "LC_TIME=C", "PATH=/bin", "SECRET=x", "TERM=xterm");
        String list = "inherit_env: true\nenvironment: [TERM=xterm, SECRET, MISSING, A=]\n";
        assertThat(environment(identity, list, CALLER))
                .hasSize(CALLER.size() + 1)
                .contains("TERM=xterm", "SECRET=x", "A=");
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void bytesThatAreNoTextSurvive(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher(
                    "box", USER + "inherit_env: [LC_*]\ncommand: [sh, -c, 'printf %s \"$LC_ODD\" | od -An -tx1']\n");
            assertThat(workshop.run("sh", "-c", "LC_ODD=$(printf '\\377\\001\\n=\\303') exec ./box"))
                    .isEqualTo(new Running.Result(0, " ff 01 0a 3d c3\n", ""));
        }
    }

    /** As with getenv(3), also where all of the environment is passed on, and the second with it. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void ofTwoPathsTheFirstIsSearched(Identity identity) {
        Requirements.requireProgram("python3");
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher("all", USER + "inherit_env: true\ncommand: [sh, -c, 'echo fine']\n");
            workshop.launcher("some", USER + "inherit_env: [P*]\ncommand: [sh, -c, 'echo fine']\n");
            workshop.launcher("named", USER + "inherit_env: [PATH]\ncommand: [sh, -c, 'echo fine']\n");
            String twice = """
                    import ctypes, sys
                    words = lambda *all: (ctypes.c_char_p * (len(all) + 1))(*all, None)
                    path = sys.argv[1].encode()
                    ctypes.CDLL(None).execve(path, words(path), words(b"PATH", b"PATH=/usr/bin:/bin", b"PATH=/nowhere"))
                    """;
            for (String launcher : List.of("./all", "./some", "./named")) {
                assertThat(workshop.run("python3", "-c", twice, launcher))
                        .as(launcher)
                        .isEqualTo(new Running.Result(0, "fine\n", ""));
            }
        }
    }

    /** What the shell calls a block is 512 or 1024 bytes: none is less than anything. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void aLimitOfFilesSizesIsToldByItsName(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher(
                    "box",
                    "namespaces: [user, mount]\nuid_map: root\ntmpfs: [/mnt]\n"
                            + "mounts: [{type: file, target: /mnt/f, content: hello}]\ncommand: [\"true\"]\n");
            Running.Result result = workshop.run("sh", "-c", "(ulimit -f 0; ./box; echo $?) 2>&1 | cat");
            assertThat(result.out())
                    .contains("refused: write the file for /mnt/f: EFBIG (File too large)\n")
                    .contains("= help: the caller's limit of a file's size is reached (ulimit -f)\n")
                    .endsWith("\n125\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void fiveThousandInheritedVariablesAreTooMany(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.launcher("box", USER + "inherit_env: true\ncommand: [\"true\"]\n");
            String many = "i=0; while [ $i -lt 5000 ]; do export V$i=; i=$((i+1)); done; exec ./box";
            Running.Result result = workshop.run("sh", "-c", many);
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err())
                    .contains("refused: put the environment together: E2BIG (Argument list too long)\n")
                    .contains("= help: the caller's environment has more than ");
            assertThat(workshop.run("sh", "-c", many.replace("5000", "3000"))).isEqualTo(new Running.Result(0, "", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aSpecWithThousandsOfVariablesWorksOrIsRefusedWithItsLine(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            for (int count : new int[] {1000, 5000}) {
                String variables = IntStream.range(0, count)
                        .mapToObj(i -> "  V" + i + ": x\n")
                        .collect(Collectors.joining());
                Path spec = workshop.file("many.yaml", USER + "environment:\n" + variables + "command: [env]\n");
                Running.Result result = workshop.run(workshop.nsbox(), "up", spec);
                if (result.status() == 0) {
                    assertThat(result.out().lines().filter(line -> line.matches("V\\d+=x")))
                            .hasSize(count);
                } else {
                    assertThat(result.status()).as(result.toString()).isEqualTo(125);
                    assertThat(result.err()).contains("many.yaml:").doesNotContain("at io.nsbox");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theWorkingDirectoryIsTheCallersUnlessTheSpecSaysOtherwise(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path here = workshop.launcher("here", USER + "command: [pwd]\n");
            assertThat(workshop.run(here).out()).isEqualTo(workshop.folder() + "\n");
            Path there = workshop.launcher("there", USER + "working_dir: /usr/bin/\ncommand: [pwd]\n");
            assertThat(workshop.run(there).out()).isEqualTo("/usr/bin\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aWorkingDirectoryThatCannotBeEnteredIsToldWithItsLine(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Map<String, String> reasons =
                    Map.of("/not/there", "ENOENT (No such file or directory)", "/bin/sh", "ENOTDIR (Not a directory)");
            reasons.forEach((path, reason) -> {
                Path launcher = workshop.launcher("box", USER + "working_dir: " + path + "\ncommand: [pwd]\n");
                Running.Result result = workshop.run(launcher);
                assertThat(result.status()).isEqualTo(125);
                assertThat(result.out()).isEmpty();
                assertThat(result.err())
                        .contains(" refused: change to " + path + ": " + reason + "\n")
                        .contains("box.yaml:2:1\n")
                        .contains("\n 2 | working_dir: " + path + "\n");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theNameOfASpecDoesNothingToTheTerminalThatARefusalIsShownOn(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String name = "a\u001b[2Jb.yaml";
            workshop.file(name, "namespaces: []\ncommand: [/missing]\n");
            for (Object[] words : new Object[][] {
                {workshop.nsbox(), "up", name},
                {workshop.nsbox(), "up", name},
                {workshop.build(Path.of(name), "launcher")}
            }) {
                Running.Result result = workshop.run(words);
                assertThat(result.status()).isEqualTo(127);
                assertThat(result.err()).doesNotContain("\u001b").contains("--> a\u241b[2Jb.yaml:2:");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whyACommandCannotBeExecutedShowsInStatusAndMessage(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("plain", "#!/bin/sh\n");
            workshop.script("no-interpreter", "#!/not/there\n");
            workshop.script("garbage", "\0\1\2\3");
            workshop.script("fine", "#!/bin/sh\nexit 3\n");
            String here = workshop.folder().toString();
            refused(
                    workshop,
                    here + "/missing",
                    127,
                    "ENOENT (No such file or directory)",
                    "there is no such file inside");
            refused(workshop, here + "/plain/x", 127, "ENOTDIR (Not a directory)", "");
            refused(workshop, here, 126, "EACCES (Permission denied)", "it is not an executable file");
            refused(workshop, here + "/plain", 126, "EACCES (Permission denied)", "it is not an executable file");
            refused(
                    workshop,
                    here + "/no-interpreter",
                    126,
                    "ENOENT (No such file or directory)",
                    "interpreter or loader");
            refused(workshop, here + "/garbage", 126, "ENOEXEC (Exec format error)", "a script needs a first line");
            refused(
                    workshop,
                    "nowhere-at-all",
                    127,
                    "ENOENT (No such file or directory)",
                    "it is on no folder of the PATH");
            refused(workshop, "x".repeat(300), 126, "ENAMETOOLONG (File name too long)", "");
            assertThat(status(workshop, "./fine", "/nowhere")).isEqualTo(3);
        }
    }

    private static void refused(Workshop workshop, String command, int status, String reason, String help) {
        Path launcher = workshop.launcher("box", USER + "command: [\"" + command + "\"]\n");
        Running.Result result = workshop.run(launcher);
        assertThat(result.status()).as(result.toString()).isEqualTo(status);
        assertThat(result.err())
                .contains(" refused: execute " + command + ": " + reason + "\n")
                .contains("box.yaml:2:1\n")
                .contains(help);
    }

    private static int status(Workshop workshop, String command, String path) {
        Path launcher = workshop.launcher(
                "box", USER + "environment: {PATH: \"" + path + "\"}\ncommand: [\"" + command + "\"]\n");
        return workshop.run(launcher).status();
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void thePathIsSearchedAsExecvpDoes(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Path first = Files.createDirectory(workshop.folder().resolve("first"));
            Path second = Files.createDirectory(workshop.folder().resolve("second"));
            Files.writeString(first.resolve("tool"), "not executable");
            Files.createDirectory(first.resolve("folder"));
            workshop.script("second/tool", "#!/bin/sh\nexit 5\n");
            workshop.script("second/folder", "#!/bin/sh\nexit 6\n");
            workshop.script("tool", "#!/bin/sh\nexit 7\n");
            String both = first + ":" + second;
            assertThat(status(workshop, "tool", both))
                    .as("a file without x is passed over")
                    .isEqualTo(5);
            assertThat(status(workshop, "folder", both))
                    .as("a folder is passed over")
                    .isEqualTo(6);
            assertThat(status(workshop, "tool", first.toString()))
                    .as("and remembered")
                    .isEqualTo(126);
            assertThat(status(workshop, "tool", "/nowhere:" + second + ":")).isEqualTo(5);
            assertThat(status(workshop, "tool", "/nowhere:"))
                    .as("an empty entry is here")
                    .isEqualTo(7);
            assertThat(status(workshop, "tool", ":" + second)).isEqualTo(7);
            assertThat(status(workshop, "tool", "")).as("an empty PATH is here").isEqualTo(7);
            assertThat(status(workshop, "tool", "/" + "d".repeat(5000) + ":" + second))
                    .isEqualTo(5);
            assertThat(status(workshop, "nothing", both)).isEqualTo(127);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void wordsArriveAsTheyStandInTheSpec(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            String huge = "ä".repeat(30_000);
            Path launcher = workshop.launcher(
                    "box",
                    USER + "command: [printf, '<%s>', '', ' ', \"a\\nb\", \"\\u0001\\u00e9\\U0001F600\", '$HOME', '"
                            + huge + "']\n");
            assertThat(workshop.run(launcher))
                    .isEqualTo(new Running.Result(0, "<>< ><a\nb><\u0001é\uD83D\uDE00><$HOME><" + huge + ">", ""));
            String words = String.join(", ", Collections.nCopies(2000, "w"));
            Path many = workshop.launcher("many", USER + "command: [sh, -c, 'echo $#', " + words + "]\n");
            assertThat(workshop.run(many).out()).isEqualTo("1999\n");
            assertThat(huge.getBytes(StandardCharsets.UTF_8)).hasSizeGreaterThan(50_000);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aBuiltLauncherTakesNoArguments(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Path launcher = workshop.launcher("box", USER + "command: [\"true\"]\n");
            Running.Result result = workshop.run(launcher, "more");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).isEqualTo("nsbox: error: this launcher takes no arguments\n");
        }
    }
}
