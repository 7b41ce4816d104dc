package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Commands;
import io.nsbox.testing.Commands.Result;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code bin/nsbox}: cold, warm, and in everything that can be in its way.
 *
 * <p>Each test is a shell script that runs where {@code /var/cache} and the caller's own cache are empty folders of the test's own, with
 * {@code $NSBOX} the script under test in an installation that looks like an unpacked archive.
 */
class BinNsboxIT {
    private static final Path ROOT = Path.of("").toAbsolutePath();

    @TempDir
    Path temp;

    private Path work;

    @BeforeEach
    void install() throws IOException {
        Path home = Files.createDirectories(temp.resolve("install"));
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.copy(ROOT.resolve("bin/nsbox"), home.resolve("bin/nsbox"));
        Files.setPosixFilePermissions(home.resolve("bin/nsbox"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(ROOT.resolve("target/nsbox.jar"), home.resolve("lib/nsbox.jar"));
        Files.copy(ROOT.resolve("target/build-id"), home.resolve("lib/build-id"));
        work = Files.createDirectories(temp.resolve("work"));
        spec("box.yaml", "command: [sh, -c, 'echo hello; exit 7']");
    }

    @Test
    void aSecondStartForksNothingBeforeTheLauncher() throws IOException {
        Requirements.requireProgram("strace");
        Result result = run("""
                "$NSBOX" up box.yaml || true
                strace -f -o trace -e trace=execve,execveat,fork,vfork,clone,clone3 "$NSBOX" up box.yaml
                """);

        assertThat(result.status()).isEqualTo(7);
        List<String> calls = Files.readAllLines(work.resolve("trace")).stream()
                .filter(line -> !line.contains("+++") && !line.contains("---"))
                .map(line -> line.replaceFirst("^\\d+ +", ""))
                .toList();
        assertThat(calls.get(0)).startsWith("execve(\"").contains("/install/bin/nsbox\"");
        assertThat(calls.get(1)).startsWith("execve(\"").contains("/box.yaml.image\", [");
    }

    @Test
    void aSecondStartNeedsNoJava() {
        Result result = run("""
                "$NSBOX" up box.yaml || echo $?
                rm ../install/lib/nsbox.jar
                "$NSBOX" up box.yaml || echo $?
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("hello\n7\nhello\n7\n");
    }

    @Test
    void namesOfAnyKindWorkInTheCLocaleColdAndWarm() throws IOException {
        spec("we ird\n*[x] é/sp \"é\" $x.yaml", "inherit_env: true\ncommand: [sh, -c, 'echo locale=$LC_ALL; cat']");
        Result result = run("""
                cd "$(printf 'we ird\\n*[x] é')"
                export LC_ALL=C
                echo cold | "$NSBOX" up 'sp "é" $x.yaml'
                rm ../../install/lib/nsbox.jar
                echo warm | "$NSBOX" up 'sp "é" $x.yaml'
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("locale=C\ncold\nlocale=C\nwarm\n");
    }

    @Test
    void wordsThatAreNotUtf8AreRefusedAndNotChanged() {
        Result result = run("""
                word=$(printf 'caf\\351')
                "$NSBOX" up box.yaml -- echo "$word" || echo $?
                "$NSBOX" validate "$word.yaml" || echo $?
                "$NSBOX" up box.yaml -- echo '\uFFFD'
                """);

        assertThat(result.err())
                .isEqualTo(
                        "nsbox: error: the arguments or the name of the working directory are not UTF-8\n".repeat(2));
        assertThat(result.out()).isEqualTo("125\n2\n\uFFFD\n");
    }

    @Test
    void javasOptionVariablesSayNothingAndReachTheSandbox() throws IOException {
        spec(
                "env.yaml",
                "inherit_env: true\ncommand: [sh, -c, 'echo $JAVA_TOOL_OPTIONS $JDK_JAVA_OPTIONS $_JAVA_OPTIONS; env']");
        Result result = run("""
                export JAVA_TOOL_OPTIONS=-Da=b JDK_JAVA_OPTIONS=-Dc=d _JAVA_OPTIONS=-De=f
                "$NSBOX" up env.yaml
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("-Da=b -Dc=d -De=f\n").doesNotContain("NSBOX_SAVED", "LC_ALL");
    }

    @Test
    void aSymbolicLinkToTheScriptWorks() {
        Result result = run("""
                mkdir bin
                ln -s ../../install/bin bin/real
                ln -s real/nsbox bin/nsbox
                "$PWD/bin/nsbox" --version
                PATH=$PWD/bin:$PATH
                nsbox --version
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).matches("(nsbox \\S+\\n){2}");
    }

    @Test
    void aChangedSpecNeverRunsStale() throws IOException {
        spec("other.yaml", "command: [sh, -c, 'echo other']");
        Result result = run("""
                "$NSBOX" up box.yaml || true
                touch -r box.yaml times
                sed -i s/hello/HELLO/ box.yaml
                touch -r times box.yaml
                "$NSBOX" up box.yaml || true
                mv other.yaml box.yaml
                "$NSBOX" up box.yaml
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("hello\nHELLO\nother\n");
    }

    @Test
    void aSpecThatChangesForEverIsAnErrorAndNoLoop() {
        Result result = run("\"$NSBOX\" --changing up box.yaml");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err())
                .isEqualTo("nsbox: error: the spec, or a file that it reads, changes while it is compiled; "
                        + "try again when that is done\n");
    }

    @Test
    void optionsAndWordsGoTheColdWayAndLeaveThePlainImageAlone() {
        Result result = run("""
                "$NSBOX" up box.yaml || true
                "$NSBOX" up box.yaml -- echo 'a  b' '*'
                "$NSBOX" up --set 'command=[echo, set]' box.yaml
                "$NSBOX" up box.yaml || true
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("hello\na  b *\nset\nhello\n");
    }

    @Test
    void firstStartsAtTheSameTimeAllWork() {
        Result result = run("""
                for i in 1 2 3; do ("$NSBOX" up box.yaml; echo $?) & done
                wait
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().sorted()).containsExactly("7", "7", "7", "hello", "hello", "hello");
    }

    @Test
    void withoutAFolderToWriteToTheLauncherRunsFromMemory() throws IOException {
        spec(
                "memory.yaml",
                "inherit_env: true\ncommand: [sh, -c, 'cat; ulimit -n; echo locale=$LC_ALL; ls /proc/self/fd; exit 3']");
        Result result = run("""
                echo input | LC_ALL=C HOME= XDG_CACHE_HOME= "$NO_CACHE" "$NSBOX" up memory.yaml
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).matches("input\\n\\d+\\nlocale=C\\n0\\n1\\n2\\n3\\n");
        assertThat(result.out().lines().skip(1).findFirst())
                .isEqualTo(run("ulimit -n").out().lines().findFirst());
        assertThat(result.status()).isEqualTo(3);
    }

    @Test
    void aCacheThatOthersCanWriteToIsNotUsed() {
        Result result = run("""
                mkdir -p "$CACHE"
                chmod 777 "$CACHE"
                NSBOX_DEBUG=1 "$NSBOX" up box.yaml 2>err || echo $?
                grep note: err | sed "s#$CACHE#CACHE#"
                find "$CACHE" -name '*.image'
                """);

        assertThat(result.out())
                .isEqualTo("hello\n7\nnsbox: note: cannot use the cache CACHE: others can write to it; "
                        + "chmod 700 mends that, once you know what is in it; the launcher runs from memory\n");
    }

    @Test
    void aForeignImageIsNeverExecuted() {
        Requirements.requireRoot();
        Result result = run("""
                "$NSBOX" up box.yaml || true
                image=$(find "$CACHE/images" -name box.yaml.image)
                printf '#!/bin/sh\\necho stolen\\n' >"$image"
                chown 12345 "$image"
                "$NSBOX" up box.yaml || true
                """);

        assertThat(result.out()).isEqualTo("hello\nhello\n");
    }

    @Test
    void rootIgnoresTheCachesThatVariablesName() {
        Requirements.requireRoot();
        Result result = run("""
                export XDG_CACHE_HOME=$PWD/xdg
                "$NSBOX" up box.yaml || true
                "$NSBOX" cache path
                ls
                """);

        assertThat(result.out()).isEqualTo("hello\n/var/cache/nsbox\nbox.yaml\n");
    }

    @Test
    void clearingTheCacheMakesTheNextStartCompile() {
        Result result = run("""
                "$NSBOX" up box.yaml || true
                "$NSBOX" cache clear
                find "$CACHE" -name '*.image'
                "$NSBOX" up box.yaml || true
                """);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("hello\nhello\n");
    }

    @Test
    void closedStandardStreamsHarmNothing() {
        Result result = run("""
                "$NSBOX" --cold up box.yaml >&- || echo $?
                "$NSBOX" --cold up box.yaml <&- 2>&- || echo $?
                """);

        assertThat(result.out()).isEqualTo("7\nhello\n7\n");
    }

    @Test
    void outputThatIsLostIsAFailureAndAReaderThatLeavesIsNone() {
        Result result = run("""
                for words in 'schema' 'validate box.yaml' '--version' 'up --help' 'plan --format json box.yaml' 'up --dry-run box.yaml'; do
                  "$NSBOX" $words >/dev/full || echo $?
                  "$NSBOX" $words | :
                done
                """);

        assertThat(result.out()).isEqualTo("1\n1\n1\n125\n1\n125\n");
        assertThat(result.err())
                .isEqualTo("nsbox: error: cannot write to standard output: No space left on device\n".repeat(6));
    }

    @Test
    void aJavaThatIsTooOldNamesTheCommandThatInstallsAnother() throws IOException {
        Requirements.requireRoot();
        Path old = Files.createDirectories(work.resolve("jdk8/bin"));
        Files.writeString(work.resolve("jdk8/release"), "JAVA_VERSION=\"1.8.0_402\"\n");
        Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(old.resolve("java"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Result result = run("""
                mount -t tmpfs tmpfs /usr/lib/jvm
                printf 'ID=fedora\\n' >release
                mount --bind release /etc/os-release
                JAVA_HOME=$PWD/jdk8 "$NSBOX" up box.yaml
                """);

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err())
                .isEqualTo("nsbox: error: compiling a spec needs Java 17 or later, and " + work
                        + "/jdk8/bin/java is Java 1.8.0_402; to install it: dnf install java-latest-openjdk-devel\n");
    }

    @Test
    void anInstallationWithoutItsJarSaysSo() {
        Result result = run("""
                rm ../install/lib/nsbox.jar
                "$NSBOX" validate box.yaml
                """);

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo("nsbox: error: " + temp
                        + "/install/lib/nsbox.jar is missing: nsbox is not installed completely\n");
    }

    @Test
    void theFirstUseInACloneBuildsOnceAndSaysSoInOneLine() throws IOException {
        maven("""
                echo 'noise of Maven'
                echo built >>../builds
                sleep 1
                mkdir -p target
                cp ../../install/lib/nsbox.jar ../../install/lib/build-id target
                """);
        Result result = run("""
                for i in 1 2; do (clone/bin/nsbox --version; echo $?) & done
                wait
                cat builds
                ls clone/target
                """);

        assertThat(result.out().lines().filter(line -> !line.startsWith("nsbox ")))
                .containsExactly("0", "0", "built", "build-id", "nsbox.jar");
        assertThat(result.err().lines())
                .containsExactlyInAnyOrder(
                        "nsbox: first use: building nsbox with Maven, once; this takes a minute",
                        "nsbox: waiting for another first use to build nsbox");
    }

    @Test
    void aBuildThatFailsShowsWhatMavenSaid() throws IOException {
        maven("echo '[ERROR] no such thing'; exit 1");
        Result result = run("clone/bin/nsbox up box.yaml; status=$?; ls -A clone/target; exit $status");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err()).isEqualTo("""
                        nsbox: first use: building nsbox with Maven, once; this takes a minute
                        [ERROR] no such thing
                        nsbox: error: nsbox could not be built: Maven's messages are above
                        """);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aFirstUseThatWasKilledDoesNotLockTheNextOneOut() throws IOException {
        maven("mkdir -p target; cp ../../install/lib/nsbox.jar ../../install/lib/build-id target");
        Result result = run("""
                mkdir -p clone/target/first-use.lock
                sh -c 'echo $$' >clone/target/first-use.lock/pid
                clone/bin/nsbox --version
                """);

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEqualTo("nsbox: first use: building nsbox with Maven, once; this takes a minute\n");
    }

    /** A clone in {@code work/clone}, and a {@code mvn} that does this in it. */
    private void maven(String script) throws IOException {
        Path clone = Files.createDirectories(work.resolve("clone/bin"));
        Files.copy(ROOT.resolve("bin/nsbox"), clone.resolve("nsbox"));
        Files.writeString(work.resolve("clone/pom.xml"), "<project/>");
        Path tools = Files.createDirectories(work.resolve("tools"));
        Files.writeString(tools.resolve("mvn"), "#!/bin/sh -e\n" + script);
        for (Path file : List.of(clone.resolve("nsbox"), tools.resolve("mvn"))) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private void spec(String name, String text) throws IOException {
        Path file = work.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "namespaces: [uts]\nname: box\n" + text + "\n");
    }

    private Result run(String script) {
        try {
            Path file = Files.writeString(temp.resolve("script"), script);
            boolean root = "root".equals(System.getProperty("user.name"));
            Path cache = Files.createDirectories(temp.resolve("cache"));
            Path noCache = temp.resolve("no-cache");
            Files.writeString(
                    noCache,
                    root
                            ? "#!/bin/sh\nmount -t tmpfs -o ro tmpfs /var/cache\nexec \"$@\"\n"
                            : "#!/bin/sh\nexec \"$@\"\n");
            Files.setPosixFilePermissions(noCache, PosixFilePermissions.fromString("rwxr-xr-x"));
            Map<String, String> environment = Map.of(
                    "NSBOX", temp.resolve("install/bin/nsbox").toString(),
                    "NO_CACHE", noCache.toString(),
                    "XDG_CACHE_HOME", cache.toString(),
                    "CACHE", root ? "/var/cache/nsbox" : cache.resolve("nsbox").toString(),
                    "FOLDER", cache.toString(),
                    "PATH", work.resolve("tools") + ":" + System.getenv("PATH"));
            Stream<String> words = root
                    ? Stream.of("unshare", "-m", "sh", "-c", "mount --bind \"$FOLDER\" /var/cache && exec sh \"$0\"")
                    : Stream.of("sh");
            return Commands.run(
                    environment,
                    work,
                    Stream.concat(words, Stream.of(file.toString())).toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
