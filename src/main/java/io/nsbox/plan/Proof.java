package io.nsbox.plan;

import io.nsbox.spec.InputFile;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an image from the cache was compiled from, and proves again each time it starts.
 *
 * @param inputs every file that the compilation read, with its bytes
 * @param uid the effective user id it was compiled for
 * @param variables the variables of the caller's environment that the compilation consulted, with the values they had
 */
public record Proof(List<InputFile> inputs, long uid, Map<String, Optional<String>> variables) {
    public Proof {
        inputs = List.copyOf(inputs);
        variables = Collections.unmodifiableMap(new TreeMap<>(variables));
    }
}
