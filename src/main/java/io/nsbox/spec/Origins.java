package io.nsbox.spec;

import io.nsbox.diag.Span;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where in the source each part of a spec stands.
 *
 * <p>Paths are spelled as in {@code namespaces[2]}, {@code uid_map[0].count} or {@code environment.PATH}.
 *
 * @param keys the key's own span by path: what a caret points at for a mapping entry
 * @param values the value's span by path; for a list entry both are the entry's
 */
public record Origins(Map<String, Span> keys, Map<String, Span> values) {
    public Origins {
        keys = Map.copyOf(keys);
        values = Map.copyOf(values);
    }

    /** The same places, but for those of one key. */
    public Origins without(String key) {
        Map<String, Span> otherKeys = new HashMap<>(keys);
        Map<String, Span> otherValues = new HashMap<>(values);
        otherKeys.remove(key);
        otherValues.keySet().removeIf(path -> path.equals(key) || path.startsWith(key + "["));
        return new Origins(otherKeys, otherValues);
    }

    /** The span of the key at this path, if the spec has it. */
    public Optional<Span> key(String path) {
        return Optional.ofNullable(keys.get(path));
    }

    /** The span of the value at this path, if the spec has it. */
    public Optional<Span> value(String path) {
        return Optional.ofNullable(values.get(path));
    }
}
