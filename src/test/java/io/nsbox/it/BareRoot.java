package io.nsbox.it;

import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A root file system that holds one program and nothing else, so that every target of a mount has to be made. */
record BareRoot(Path folder) {
    static final String SPEC = """
            namespaces: [user, mount, pid]
            uid_map: root
            rootfs: ./bare
            read_only: true
            mount_proc: true
            tmpfs: [/tmp]
            mounts:
              - ./data:/srv/data/here:ro
              - {type: file, target: /etc/motd, content: hello}
              - {type: dir, target: /tmp/a/b}
              - {type: tmpfs, target: /tmp/a/b/c}
            command: [/busybox, "true"]
            """;

    /** Makes one, and what the spec binds. */
    static BareRoot in(Workshop workshop) throws IOException {
        Requirements.require(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        workshop.newFolder("data");
        Path folder = workshop.newFolder("bare");
        Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
        return new BareRoot(folder);
    }

    /** Whether a path that is masked or frozen is not there. */
    boolean lacks(String path) {
        return !Files.exists(path.startsWith("/proc/") ? Path.of(path) : folder.resolve(path.substring(1)));
    }
}
