package io.nsbox.it;

import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A small root file system with one static program, which its owner may change. */
final class BusyboxRoot {
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    private static final List<String> WORDS = List.of(
            "sh",
            "cat",
            "cut",
            "df",
            "echo",
            "env",
            "grep",
            "head",
            "id",
            "ln",
            "ls",
            "mkdir",
            "mknod",
            "mount",
            "mv",
            "ps",
            "pwd",
            "readlink",
            "rm",
            "stat",
            "sort",
            "touch",
            "true",
            "tail",
            "umount",
            "wc");

    private BusyboxRoot() {}

    /** Makes one in a workshop, owned by the workshop's identity. */
    static Path in(Workshop workshop, String name) {
        Requirements.require(Files.isExecutable(BUSYBOX), "the package busybox-static is not installed");
        try {
            Path root = workshop.newFolder(name);
            Path bin = workshop.newFolder(name + "/bin");
            Files.copy(BUSYBOX, bin.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
            for (String word : WORDS) {
                Files.createSymbolicLink(bin.resolve(word), Path.of("busybox"));
            }
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
