package io.nsbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values: files below a folder, id map helpers, kernel versions. */
class MachineFilesTest {

    @TempDir
    Path root;

    @Test
    void aFileIsReadBelowTheRootAndNamedWithoutIt() throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/passwd"), "one\ntwo\n");
        HostFile file = HostTree.at(root).read("/etc/passwd").orElseThrow();
        assertThat(file).isEqualTo(new HostFile("/etc/passwd", "one\ntwo\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(file.lines()).containsExactly("one", "two");
        assertThat(file).hasToString("HostFile[/etc/passwd, 8 bytes]");
    }

    @Test
    void foldersAndMissingFilesAreAbsent() throws IOException {
        Files.createDirectories(root.resolve("etc/b"));
        Files.createDirectories(root.resolve("etc/a"));
        HostTree tree = HostTree.at(root);
        assertThat(tree.read("/etc")).isEmpty();
        assertThat(tree.read("/no")).isEmpty();
        assertThat(tree.status("/no")).isEmpty();
        assertThat(tree.list("/no")).isEmpty();
        assertThat(tree.list("/etc")).containsExactly("a", "b");
    }

    @Test
    void aFileAboveTheLimitIsAbsent() throws IOException {
        Path big = root.resolve("big");
        Files.write(big, new byte[HostTree.MOST_BYTES]);
        assertThat(HostTree.at(root).read("/big")).isPresent();
        Files.write(big, new byte[HostTree.MOST_BYTES + 1]);
        assertThat(HostTree.at(root).read("/big")).isEmpty();
    }

    @Test
    void theModeHoldsTheSetuidBit() throws IOException {
        Path program = Files.writeString(root.resolve("program"), "");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(HostTree.at(root).status("/program").orElseThrow().mode()).isEqualTo(0755);
        Files.setAttribute(program, "unix:mode", 04755);
        HostTree.Status status = HostTree.at(root).status("/program").orElseThrow();
        assertThat(status.mode()).isEqualTo(04755);
        assertThat(status.uid()).isEqualTo(((Integer) Files.getAttribute(program, "unix:uid")).longValue());
    }

    @Test
    void helpersAreTakenFromTheFirstFolderThatHasOneThatRuns() {
        FakeTree tree = new FakeTree()
                .owned("/usr/bin/newuidmap", 0644, 0)
                .owned("/usr/local/bin/newuidmap", 0755, 0)
                .owned("/run/wrappers/bin/newuidmap", 04755, 0)
                .owned("/bin/newgidmap", 04755, 1000);
        assertThat(IdMapHelper.newuidmap(tree)).contains(new IdMapHelper("/usr/local/bin/newuidmap", false));
        assertThat(IdMapHelper.newgidmap(tree)).contains(new IdMapHelper("/bin/newgidmap", false));
        assertThat(IdMapHelper.newuidmap(tree.owned("/usr/bin/newuidmap", 04755, 0)))
                .contains(new IdMapHelper("/usr/bin/newuidmap", true));
        assertThat(IdMapHelper.newgidmap(new FakeTree())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "6.8.0-31-generic, 6, 8",
        "5.12, 5, 12",
        "5.12-rc1, 5, 12",
        "6.18.44-fc-v657, 6, 18",
        "4.18.0-553.el8.x86_64, 4, 18"
    })
    void aReleaseBeginsWithItsVersion(String release, int major, int minor) {
        assertThat(KernelVersion.parse(release)).contains(new KernelVersion(major, minor));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "6", "x.y", "99999.1"})
    void whatIsNoReleaseHasNoVersion(String release) {
        assertThat(KernelVersion.parse(release)).isEqualTo(Optional.empty());
    }

    @Test
    void versionsCompareByNumber() {
        KernelVersion floor = KernelVersion.OLDEST;
        assertThat(new KernelVersion(5, 12).atLeast(floor)).isTrue();
        assertThat(new KernelVersion(5, 11).atLeast(floor)).isFalse();
        assertThat(new KernelVersion(6, 0).atLeast(floor)).isTrue();
        assertThat(new KernelVersion(4, 18).atLeast(floor)).isFalse();
        assertThat(floor).hasToString("5.12");
    }
}
