package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.ByteSize;
import io.nsbox.spec.Dev;
import io.nsbox.spec.DeviceFolder;
import io.nsbox.spec.GuardedPaths;
import io.nsbox.spec.Key;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the keys about {@code /dev} and about paths that are masked or read-only. */
final class DevReader {
    private static final Map<String, Dev> DEVS =
            Arrays.stream(Dev.values()).collect(Collectors.toMap(Dev::word, d -> d, (a, b) -> a, LinkedHashMap::new));

    private final Binding binding;
    private final PathListReader lists;
    private @Nullable Dev dev;
    private List<String> devices = List.of();
    private @Nullable Long shmSize;
    private @Nullable List<String> masked;
    private @Nullable List<String> frozen;

    DevReader(Binding binding, PathReader paths) {
        this.binding = binding;
        this.lists = new PathListReader(binding, paths);
    }

    /** Reads the key if it is one of this reader's; false if it is not. */
    boolean read(Key key, YamlNode node, String path) {
        switch (key) {
            case DEV -> binding.choice(node, path, DEVS).ifPresent(v -> dev = v);
            case DEVICES -> devices = lists.devices(node, path);
            case SHM_SIZE -> shmSize = size(node, path).orElse(null);
            case MASKED_PATHS -> masked = lists.guarded(node, path);
            case READONLY_PATHS -> frozen = lists.guarded(node, path);
            default -> {
                return false;
            }
        }
        return true;
    }

    private Optional<Long> size(YamlNode node, String path) {
        Optional<String> text = binding.word(node, path);
        Optional<Long> size = text.flatMap(ByteSize::parse).map(ByteSize::bytes);
        if (text.isPresent() && size.isEmpty()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text.get()) + " is no size",
                    "write a whole number of bytes, or one with k, m or g, such as 64m");
        } else if (size.filter(bytes -> bytes == 0).isPresent()) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "a /dev/shm of size 0 would have no limit at all",
                    "leave 'shm_size' out for " + (DeviceFolder.DEFAULT_SHM_SIZE >> 20) + "m");
            return Optional.empty();
        }
        return size;
    }

    /** What was read about {@code /dev}. */
    DeviceFolder deviceFolder() {
        return new DeviceFolder(dev, devices, shmSize);
    }

    /** What was read about paths that are masked or read-only. */
    GuardedPaths guardedPaths() {
        return new GuardedPaths(masked, frozen);
    }
}
