package io.nsbox.host;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A machine whose files lie below a folder. */
final class FolderTree implements HostTree {
    private final String prefix;

    FolderTree(Path root) {
        String text = root.toString();
        this.prefix = text.equals("/") ? "" : text;
    }

    @Override
    public Optional<HostFile> read(String path) {
        // java.io rather than java.nio.file: these classes are loaded in any JVM, and this is on the cold path of `up`.
        File file = new File(prefix + path);
        if (!file.isFile()) {
            return Optional.empty();
        }
        try (InputStream in = new FileInputStream(file)) {
            byte[] content = in.readNBytes(MOST_BYTES + 1);
            return content.length > MOST_BYTES ? Optional.empty() : Optional.of(new HostFile(path, content));
        } catch (IOException notReadable) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<Status> status(String path) {
        try {
            Map<String, Object> attributes = Files.readAttributes(Path.of(prefix + path), "unix:mode,uid");
            Object mode = Objects.requireNonNull(attributes.get("mode"));
            Object uid = Objects.requireNonNull(attributes.get("uid"));
            return Optional.of(new Status((Integer) mode & 07777, Integer.toUnsignedLong((Integer) uid)));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException notThere) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> list(String path) {
        String[] names = new File(prefix + path).list();
        if (names == null) {
            return List.of();
        }
        Arrays.sort(names);
        return List.of(names);
    }
}
