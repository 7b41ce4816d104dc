package io.nsbox.cli;

import io.nsbox.host.HostFile;
import io.nsbox.host.HostTree;
import io.nsbox.host.MountEntry;
import io.nsbox.oci.HostPaths;
import io.nsbox.program.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The caller's files, as an export looks at them. */
record CallersPaths(HostTree tree) implements HostPaths {
    private static final int PERMISSIONS = 07777;

    @Override
    public boolean exists(String path) {
        return attributes(path, "unix:mode").isPresent();
    }

    @Override
    public Optional<Integer> folderMode(String path) {
        return attributes(path, "unix:mode,isDirectory", LinkOption.NOFOLLOW_LINKS)
                .filter(found -> Boolean.TRUE.equals(found.get("isDirectory")))
                .map(found -> (int) (number(found, "mode") & PERMISSIONS));
    }

    @Override
    public Optional<Device> device(String path) {
        return attributes(path, "unix:mode,rdev,uid,gid").flatMap(found -> {
            long mode = number(found, "mode");
            long kind = mode & Linux.S_IFMT;
            long rdev = number(found, "rdev");
            // As makedev(3) of glibc puts both into 64 bits.
            long major = rdev >>> 8 & 0xfff | rdev >>> 32 & ~0xfffL;
            long minor = rdev & 0xff | rdev >>> 12 & ~0xffL & 0xffffffffL;
            return kind != Linux.S_IFCHR && kind != Linux.S_IFBLK
                    ? Optional.empty()
                    : Optional.of(new Device(
                            kind == Linux.S_IFBLK,
                            major,
                            minor,
                            (int) (mode & PERMISSIONS),
                            number(found, "uid"),
                            number(found, "gid")));
        });
    }

    @Override
    public Optional<String> real(String path) {
        try {
            return Optional.of(Path.of(path).toRealPath().toString());
        } catch (IOException | InvalidPathException notThere) {
            return Optional.empty();
        }
    }

    @Override
    public boolean hasMountsBelow(String folder) {
        String start = folder.endsWith("/") ? folder : folder + "/";
        List<String> lines = tree.read(MountEntry.SOURCE).map(HostFile::lines).orElse(List.of());
        return MountEntry.parse(lines).stream().anyMatch(mount -> mount.target().startsWith(start));
    }

    private static Optional<Map<String, Object>> attributes(String path, String names, LinkOption... options) {
        try {
            return Optional.of(Files.readAttributes(Path.of(path), names, options));
        } catch (IOException | InvalidPathException notThere) {
            return Optional.empty();
        }
    }

    private static long number(Map<String, Object> found, String name) {
        Number number = (Number) Objects.requireNonNull(found.get(name));
        return number instanceof Integer small ? Integer.toUnsignedLong(small) : number.longValue();
    }
}
