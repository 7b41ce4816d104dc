package io.nsbox.text;

import io.nsbox.spec.Dev;
import io.nsbox.spec.DeviceFolder;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.GuardedPaths;
import io.nsbox.spec.Key;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the keys that make a {@link FileSystem}. */
final class FileSystemReader {
    private static final Map<String, Dev> DEVS =
            Arrays.stream(Dev.values()).collect(Collectors.toMap(Dev::word, d -> d, (a, b) -> a, LinkedHashMap::new));

    private final Binding binding;
    private boolean readOnly;
    private @Nullable Dev dev;
    private List<String> devices = List.of();
    private @Nullable Long shmSize;
    private @Nullable List<String> masked;
    private @Nullable List<String> frozen;

    FileSystemReader(Binding binding) {
        this.binding = binding;
    }

    /** Reads the key if it is one of this reader's; false if it is not. */
    boolean read(Key key, YamlNode node, String path) {
        switch (key) {
            case READ_ONLY -> binding.bool(node, path).ifPresent(v -> readOnly = v);
            case DEV -> binding.choice(node, path, DEVS).ifPresent(v -> dev = v);
            case DEVICES -> devices = new PathListReader(binding).devices(node, path);
            case SHM_SIZE ->
                shmSize = new SizeReader(binding).positive(node, path).orElse(null);
            case MASKED_PATHS -> masked = new PathListReader(binding).guarded(node, path);
            case READONLY_PATHS -> frozen = new PathListReader(binding).guarded(node, path);
            default -> {
                return false;
            }
        }
        return true;
    }

    FileSystem fileSystem() {
        return new FileSystem(readOnly, new DeviceFolder(dev, devices, shmSize), new GuardedPaths(masked, frozen));
    }
}
