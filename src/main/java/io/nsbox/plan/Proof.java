package io.nsbox.plan;

import io.nsbox.spec.InputFile;
import java.util.List;
import java.util.Optional;

/**
 * What an image from the cache was compiled from, and proves again each time it starts.
 *
 * @param inputs every file that the compilation read, with its bytes
 * @param uid the effective user id it was compiled for
 * @param home the caller's HOME then
 */
public record Proof(List<InputFile> inputs, long uid, Optional<String> home) {
    public Proof {
        inputs = List.copyOf(inputs);
    }
}
