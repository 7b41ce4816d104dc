package io.nsbox.text;

import io.nsbox.spec.FileSystem;
import io.nsbox.spec.Key;

/** Reads the keys that make a {@link FileSystem}. */
final class FileSystemReader {
    private final Binding binding;
    private boolean readOnly;

    FileSystemReader(Binding binding) {
        this.binding = binding;
    }

    /** Reads the key if it is one of this reader's; false if it is not. */
    boolean read(Key key, YamlNode node, String path) {
        switch (key) {
            case READ_ONLY -> binding.bool(node, path).ifPresent(v -> readOnly = v);
            default -> {
                return false;
            }
        }
        return true;
    }

    FileSystem fileSystem() {
        return new FileSystem(readOnly);
    }
}
