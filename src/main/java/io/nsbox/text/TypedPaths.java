package io.nsbox.text;

import java.nio.file.Path;

/** Paths of the caller's, as they were typed. */
public final class TypedPaths {
    private TypedPaths() {}

    /**
     * The path without parts that are {@code .}, so that {@code ./box.yaml} is {@code box.yaml}. What {@code ..} leads to is
     * left to the kernel: after a symbolic link it is not the folder that stands before it.
     */
    public static Path withoutDots(Path path) {
        Path kept = path.getRoot();
        for (Path part : path) {
            if (!part.toString().equals(".")) {
                kept = kept == null ? part : kept.resolve(part);
            }
        }
        return kept == null ? path : kept;
    }
}
