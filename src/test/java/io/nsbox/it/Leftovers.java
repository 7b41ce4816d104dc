package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a sandbox might leave behind: mounts, network interfaces, cgroups and files, as they are at one moment.
 *
 * @param mounts /proc/self/mountinfo
 * @param interfaces names in /sys/class/net
 * @param cgroups folders of /sys/fs/cgroup
 * @param files everything in the folder of the test
 */
record Leftovers(String mounts, List<String> interfaces, List<String> cgroups, List<String> files) {
    /** Looks at the machine, and at a folder. */
    static Leftovers now(Path folder) {
        try {
            return new Leftovers(
                    Files.readString(Path.of("/proc/self/mountinfo")),
                    names(Path.of("/sys/class/net"), 1),
                    names(Path.of("/sys/fs/cgroup"), 12).stream()
                            .filter(name -> Files.isDirectory(Path.of(name)))
                            .toList(),
                    names(folder, 12));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Path folder, int depth) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder, depth)) {
            return List.copyOf(new TreeSet<>(all.map(Path::toString).toList()));
        } catch (UncheckedIOException e) {
            // Something else on this machine came or went meanwhile.
            return names(folder, depth);
        }
    }

    /** The processes whose environment holds the mark. */
    static List<Long> marked(String mark) {
        List<Long> found = new ArrayList<>();
        byte[] wanted = (Workshop.MARK + "=" + mark).getBytes(StandardCharsets.UTF_8);
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>) processes::iterator) {
                String name = process.getFileName().toString();
                if (Character.isDigit(name.charAt(0)) && contains(process.resolve("environ"), wanted)) {
                    found.add(Long.parseLong(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean contains(Path environ, byte[] wanted) {
        try {
            String all = new String(Files.readAllBytes(environ), StandardCharsets.ISO_8859_1);
            return all.contains(new String(wanted, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            // The process ended between the listing and the reading, or is somebody else's.
            return false;
        }
    }

    /** Ends what a failed test left. */
    static void killMarked(String mark) {
        for (long pid : marked(mark)) {
            Running.signal("KILL", pid);
        }
    }

    /** Fails where a process with the mark stays. */
    static void assertNoProcess(String mark, String after) {
        // A killed process is still listed until the kernel has cleaned up.
        long deadline = System.nanoTime() + 5_000_000_000L;
        List<Long> left = marked(mark);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            left = marked(mark);
        }
        assertThat(left).as("processes left after " + after).isEmpty();
    }

    /** Fails where anything differs from what was there before. */
    void assertUnchanged(Path folder, String after) {
        assertThat(now(folder))
                .as("mounts, interfaces, cgroups and files after " + after)
                .isEqualTo(this);
    }
}
