package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs each spec of specs/recipes as it stands, in a folder that holds what its comment speaks of. */
class RecipesIT {
    private static final String PROGRAM = "mkdir root work submission result\n"
            + "printf '#include <stdio.h>\\nint main(void) { puts(\"hello\"); return 0; }\\n' > submission/main.c\n";

    private static Running.Result result(int status, String out) {
        return new Running.Result(status, out, "");
    }

    private static Workshop prepared(Identity identity, String recipe, String script) throws IOException {
        return Recipe.prepared(identity, recipe, script);
    }

    private static Running.Result up(Workshop workshop, String recipe, Object... more) {
        List<Object> words = new ArrayList<>(List.of(workshop.nsbox(), "up", recipe + ".yaml"));
        words.addAll(List.of(more));
        Running.Result result = workshop.run(words.toArray());
        Leftovers.assertNoProcess(workshop.mark(), recipe);
        return result;
    }

    @Test
    void everyRecipeIsRunByATestOfThisClassAndToldOfOnThePage() throws IOException {
        String tests = Files.readString(Workshop.PROJECT.resolve("src/test/java/io/nsbox/it/RecipesIT.java"));
        String page = Files.readString(Workshop.PROJECT.resolve("docs/recipes.md"));
        try (Stream<Path> recipes = Files.list(Recipe.FOLDER)) {
            for (Path recipe :
                    recipes.filter(file -> file.toString().endsWith(".yaml")).toList()) {
                String name = recipe.getFileName().toString();
                assertThat(tests).contains(", \"" + name.replace(".yaml", "") + "\"");
                assertThat(page).contains("(../specs/recipes/" + name + ")");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aThrowAwayShellCanChangeNothingButItsOwnTmp(Identity identity) throws IOException {
        try (Workshop workshop = prepared(identity, "shell", ":")) {
            String script = "touch /tmp/new && ls /tmp; touch /etc/new 2>/dev/null || echo refused; id -u; hostname";
            assertThat(up(workshop, "shell", "--", "sh", "-c", script))
                    .isEqualTo(result(0, "new\nrefused\n" + identity.id() + "\nthrow-away\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anUntrustedProgramSeesNoNetworkAndNoOtherFolderAndIsLimited(Identity identity) throws IOException {
        String script = "mkdir work\ncat > work/program <<'END'\n#!/bin/sh\n"
                + "ls /home /root | wc -l; cat /proc/net/dev | tail -n +3 | cut -d: -f1; ulimit -n\n"
                + "touch mine && ls; touch /usr/mine 2>/dev/null || echo refused\n"
                + "unshare -U true 2>/dev/null || echo no namespaces\n"
                + "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status\nEND\nchmod +x work/program\n";
        try (Workshop workshop = prepared(identity, "untrusted", script)) {
            assertThat(up(workshop, "untrusted"))
                    .isEqualTo(result(
                            0,
                            "3\n    lo\n64\nmine\nprogram\nrefused\nno namespaces\n"
                                    + "CapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aBuildWritesItsOutputAndNotItsSources(Identity identity) throws IOException {
        Requirements.requireProgram("make");
        String script =
                "mkdir src out\nprintf '.SILENT:\\nall:\\n\\ttouch new 2>/dev/null || echo built > $(OUT)/file\\n'"
                        + " > src/Makefile\n";
        try (Workshop workshop = prepared(identity, "build", script)) {
            assertThat(up(workshop, "build")).isEqualTo(result(0, ""));
            assertThat(workshop.folder().resolve("out/file")).hasContent("built");
            assertThat(workshop.folder().resolve("src/new")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aJudgesCompilerMakesAProgramThatRunsAloneInAnEmptyRoot(Identity identity) throws IOException {
        Requirements.requireProgram("cc");
        try (Workshop workshop = prepared(identity, "judge", PROGRAM)) {
            assertThat(up(workshop, "judge")).isEqualTo(result(0, ""));
            assertThat(workshop.run("result/program")).isEqualTo(result(0, "hello\n"));
            workshop.file("submission/main.c", "#include \"/etc/passwd\"\n");
            Running.Result curious = up(workshop, "judge");
            assertThat(curious.status()).isEqualTo(1);
            assertThat(curious.err()).contains("fatal error: /etc/passwd: No such file or directory");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aStaticProgramRunsAloneInAnEmptyRoot(Identity identity) throws IOException {
        Requirements.requireProgram("cc");
        try (Workshop workshop =
                prepared(identity, "static", PROGRAM + "cc -static -o root/program submission/main.c\n")) {
            assertThat(up(workshop, "static")).isEqualTo(result(0, "hello\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aJavaServiceStarts(Identity identity) throws IOException {
        try (Workshop workshop = prepared(identity, "jvm", ":")) {
            Running.Result result = up(workshop, "jvm", "--", "sh", "-c", "exec \"$JAVA_HOME/bin/java\" -version");
            assertThat(result.status()).as(result.err()).isZero();
            assertThat(result.err())
                    .startsWith("Picked up JAVA_TOOL_OPTIONS: -XX:MaxRAMPercentage=50\n")
                    .contains(" version \"");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aConverterMakesNoCallThatItsListLacks(Identity identity) throws IOException {
        try (Workshop workshop = prepared(identity, "converter", "mkdir in out\necho film > in/film\n")) {
            assertThat(up(workshop, "converter")).isEqualTo(result(0, ""));
            assertThat(workshop.folder().resolve("out/film")).hasContent("film");
            Running.Result chmod = up(workshop, "converter", "--", "mkdir", "/mnt/out/folder");
            assertThat(chmod.status()).isEqualTo(1);
            assertThat(chmod.err()).contains("Operation not permitted");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void aViewerReadsItsDocumentsAndNothingElse(Identity identity) throws IOException {
        try (Workshop workshop = prepared(identity, "documents", "mkdir documents\necho dear > documents/letter\n")) {
            assertThat(up(workshop, "documents")).isEqualTo(result(0, "dear\n"));
            Running.Result other = up(workshop, "documents", "--", "cat", "/etc/hostname");
            assertThat(other).isEqualTo(new Running.Result(1, "", "cat: /etc/hostname: Permission denied\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anInstallationIsThrownAway(Identity identity) throws IOException {
        Requirements.require(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        try (Workshop workshop = prepared(identity, "install", Recipe.BUSYBOX_ROOT)) {
            assertThat(up(workshop, "install")).isEqualTo(result(0, "installed\n"));
            assertThat(workshop.folder().resolve("root/etc")).isEmptyDirectory();
        }
    }

    @Test
    void aRescueShellSeesTheRealDevicesAndLeavesNoMount() throws IOException {
        Identity.ROOT.require();
        Requirements.require(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
        try (Workshop workshop = prepared(Identity.ROOT, "rescue", Recipe.BUSYBOX_ROOT)) {
            String script = "id -u; ls / | head -n 2; [ -c /dev/null ] && [ -d /sys/kernel ] && echo devices";
            assertThat(up(workshop, "rescue", "--", "busybox", "sh", "-c", script.replace("head", "busybox head")))
                    .isEqualTo(result(0, "0\nbin\ndev\ndevices\n"));
            assertThat(workshop.folder().resolve("root/dev")).isEmptyDirectory();
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).isEqualTo(mounts);
    }

    @Test
    void aRangeOfIdsGivesFilesOfDifferentUsersWithoutRoot() throws IOException {
        try (Workshop workshop = prepared(Identity.USER, "rootless", ":")) {
            assertThat(upWithRanges(workshop, "rootless")).isEqualTo(result(0, "33 33\n"));
        }
    }

    @Test
    void aRootFileSystemHasItsOwnUsers() throws IOException {
        Requirements.require(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        try (Workshop workshop = prepared(Identity.USER, "rootfs", Recipe.BUSYBOX_ROOT)) {
            assertThat(upWithRanges(workshop, "rootfs")).isEqualTo(result(0, "1000\n"));
            Path written = workshop.folder().resolve("root/srv/file");
            assertThat(written).hasContent("written");
            assertThat(Files.getAttribute(written, "unix:uid")).isEqualTo(100_999);
        }
    }

    /** As user 1000, who has ranges of ids in an /etc of the test's own. */
    private static Running.Result upWithRanges(Workshop workshop, String recipe) throws IOException {
        Requirements.requireProgram("newuidmap");
        Requirements.requireProgram("unshare");
        Identity.ROOT.require();
        Path etc = SubordinateIdsOfTests.etc(workshop);
        return workshop.startPlainly(
                        "unshare",
                        "-m",
                        "--propagation",
                        "private",
                        "sh",
                        "-euc",
                        "mount --bind \"$1\" /etc\nexec setpriv --reuid 1000 --regid 1000 --clear-groups \"$2\" up \"$3\"\n",
                        "sh",
                        etc,
                        workshop.nsbox(),
                        recipe + ".yaml")
                .finish();
    }
}
