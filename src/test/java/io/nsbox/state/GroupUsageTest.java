package io.nsbox.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupUsageTest {
    @TempDir
    Path temp;

    private void file(String name, String content) throws IOException {
        Path file = temp.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private GroupHierarchy hierarchy(String folder, String root, String... options) {
        return new GroupHierarchy(temp.resolve(folder), root, options.length == 0, Set.of(options));
    }

    @Test
    void aGroupOfVersion2TellsEverything() throws IOException {
        file("user/nsbox-web-7/cgroup.procs", "11\n12\n0\n");
        file("user/nsbox-web-7/inner/cgroup.procs", "13\n");
        file("user/nsbox-web-7/cpu.stat", "usage_usec 1250000\nuser_usec 1000000\n");
        file("user/nsbox-web-7/memory.current", "2097152\n");
        file("user/nsbox-web-7/memory.max", "67108864\n");
        file("user/nsbox-web-7/memory.peak", "4194304\n");
        file("user/nsbox-web-7/pids.current", "4\n");
        file("user/nsbox-web-7/pids.max", "max\n");
        List<Path> groups =
                GroupHierarchy.groupsOf(List.of(hierarchy("", "/")), List.of("0::/user/nsbox-web-7/inner"), "web", 7);
        assertThat(groups).containsExactly(temp.resolve("user/nsbox-web-7"));
        assertThat(GroupUsage.read(groups))
                .isEqualTo(new GroupUsage(
                        Set.of(11L, 12L, 13L),
                        OptionalLong.of(1_250_000),
                        OptionalLong.of(2_097_152),
                        OptionalLong.of(67_108_864),
                        OptionalLong.of(4_194_304),
                        OptionalLong.of(4),
                        OptionalLong.empty()));
    }

    @Test
    void groupsOfVersion1TellWhatTheirControllersKnow() throws IOException {
        file("memory/nsbox-web-7.2/cgroup.procs", "11\n");
        file("memory/nsbox-web-7.2/memory.usage_in_bytes", "2097152\n");
        file("memory/nsbox-web-7.2/memory.limit_in_bytes", "9223372036854771712\n");
        file("memory/nsbox-web-7.2/memory.max_usage_in_bytes", "4194304\n");
        file("cpu/nsbox-web-7/cgroup.procs", "11\n");
        file("cpu/nsbox-web-7/cpuacct.usage", "1250000999\n");
        List<GroupHierarchy> all = List.of(
                hierarchy("memory", "/above", "rw", "memory"),
                hierarchy("cpu", "/", "rw", "cpu", "cpuacct"),
                hierarchy("unified", "/"));
        List<Path> groups = GroupHierarchy.groupsOf(
                all,
                List.of("4:memory:/above/nsbox-web-7.2", "3:cpu,cpuacct:/nsbox-web-7", "2:pids:/else", "0::/"),
                "web",
                7);
        assertThat(groups).containsExactly(temp.resolve("memory/nsbox-web-7.2"), temp.resolve("cpu/nsbox-web-7"));
        assertThat(GroupUsage.read(groups))
                .isEqualTo(new GroupUsage(
                        Set.of(11L),
                        OptionalLong.of(1_250_000),
                        OptionalLong.of(2_097_152),
                        OptionalLong.empty(),
                        OptionalLong.of(4_194_304),
                        OptionalLong.empty(),
                        OptionalLong.empty()));
    }

    @Test
    void aGroupOfAnotherLauncherOrSandboxIsNotTheSandboxs() {
        for (String group : List.of("/nsbox-web-70", "/nsbox-webs-7", "/nsbox-web-7x", "/my-nsbox-web-7", "/")) {
            assertThat(GroupHierarchy.groupsOf(List.of(hierarchy("", "/")), List.of("0::" + group), "web", 7))
                    .as(group)
                    .isEmpty();
        }
    }

    @Test
    void withoutAGroupNothingIsAccounted() {
        assertThat(GroupUsage.read(List.of()))
                .isEqualTo(new GroupUsage(
                        Set.of(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty()));
    }
}
