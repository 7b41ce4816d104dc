package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The objects, lists and numbers of a seccomp profile's JSON. Null counts as absent, since programs write profiles that way.
 *
 * @param binding where problems are reported
 * @param prefix the path of the profile itself in messages; empty for a file of its own
 */
record ProfileObjects(Binding binding, String prefix) {
    /** Reports a problem at a node. */
    void error(Code code, YamlNode node, String path, String message, String help) {
        binding.error(code, node, path, message, help);
    }

    /** The path of a key of the profile itself. */
    String path(String key) {
        return under(prefix, key);
    }

    /** The path of a key of what has this path. */
    static String under(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    static boolean isNull(YamlNode node) {
        return node instanceof Scalar scalar && scalar.isNull();
    }

    /** The value of a key; nothing where it is absent or null. */
    static Optional<YamlNode> value(Mapping mapping, String key) {
        return mapping.find(key).map(Entry::value).filter(node -> !isNull(node));
    }

    /** Reports the keys that are not known. */
    void onlyKeys(Mapping mapping, String path, List<String> known) {
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (!known.contains(key)) {
                error(
                        Code.UNKNOWN_KEY,
                        entry.key(),
                        under(path, Printable.of(key)),
                        "profiles have no key " + Printable.quote(key)
                                + (path.isEmpty() || path.equals(prefix) ? "" : " in '" + path + "'"),
                        Binding.oneOf(key, known));
            }
        }
    }

    /** The node as an object; reported where it is none. */
    Optional<Mapping> mapping(YamlNode node, String path) {
        if (node instanceof Mapping mapping) {
            return Optional.of(mapping);
        }
        binding.wrongType(node, path, "an object", "write it as {...}");
        return Optional.empty();
    }

    /** The entries of a list, each read; none where the key is absent or null. */
    <T> List<T> list(Mapping owner, String key, String path, BiFunction<YamlNode, String, T> read) {
        List<T> all = new ArrayList<>();
        String at = under(path, key);
        value(owner, key).ifPresent(node -> {
            if (!(node instanceof Sequence sequence)) {
                binding.wrongType(node, at, "a list", "write it as [...]");
                return;
            }
            for (int i = 0; i < sequence.items().size(); i++) {
                all.add(read.apply(sequence.items().get(i), at + "[" + i + "]"));
            }
        });
        return all;
    }

    /** A whole number from 0 on; reported where it is none, or too large. */
    Optional<Long> number(YamlNode node, String path, long largest) {
        Optional<Long> number = binding.integer(node, path);
        if (number.isPresent() && (number.get() < 0 || number.get() > largest)) {
            error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' must be between 0 and " + largest + ", not " + Binding.written(node),
                    "correct the number");
            return Optional.empty();
        }
        return number;
    }
}
