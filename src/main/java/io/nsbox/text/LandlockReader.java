package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.Landlock;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Reads {@code landlock}. */
final class LandlockReader {
    static final int HIGHEST_PORT = 65_535;

    private static final String SCOPE = "scope";
    private static final List<String> KEYS = List.of("read", "write", "execute", "tcp_bind", "tcp_connect", SCOPE);
    private static final Map<String, Landlock.Scope> SCOPES = Arrays.stream(Landlock.Scope.values())
            .collect(Collectors.toMap(Landlock.Scope::word, s -> s, (a, b) -> a, LinkedHashMap::new));

    private final Binding binding;

    LandlockReader(Binding binding) {
        this.binding = binding;
    }

    Optional<Landlock> read(YamlNode node, String path) {
        if (binding.isMissing(node, path)) {
            return Optional.empty();
        }
        if (!(node instanceof Mapping mapping)) {
            binding.wrongType(node, path, "a map", "write {read: [/], execute: [/usr], write: [/tmp]}");
            return Optional.empty();
        }
        binding.onlyKeys(mapping, path, KEYS);
        Landlock landlock = new Landlock(
                list(mapping, path, "read", this::guestPath),
                list(mapping, path, "write", this::guestPath),
                list(mapping, path, "execute", this::guestPath),
                list(mapping, path, "tcp_bind", this::port),
                list(mapping, path, "tcp_connect", this::port),
                Set.copyOf(list(mapping, path, SCOPE, (item, at) -> binding.choice(item, at, SCOPES))
                        .orElse(List.of())));
        boolean restricts = landlock.restrictsFiles()
                || landlock.restrictsTcp()
                || !landlock.scope().isEmpty();
        if (!restricts && !binding.isFaulty(path)) {
            binding.error(
                    Code.MISSING_VALUE,
                    node,
                    path,
                    "'" + path + "' restricts nothing",
                    "list what may be done, as in {read: [/], execute: [/usr]}, or remove the key");
        }
        return Optional.of(landlock);
    }

    private <T> Optional<List<T>> list(
            Mapping mapping, String path, String key, BiFunction<YamlNode, String, Optional<T>> reader) {
        Optional<Entry> entry = mapping.find(key);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        String at = path + "." + key;
        binding.entry(at, entry.get());
        List<YamlNode> items = binding.sequence(entry.get().value(), at, "an empty list, [], allows nothing")
                .map(Sequence::items)
                .filter(all ->
                        binding.fits(all.size(), Binding.MOST_WORDS, entry.get().value(), at))
                .orElse(List.of());
        Set<T> values = new LinkedHashSet<>();
        for (int i = 0; i < items.size(); i++) {
            YamlNode item = items.get(i);
            String itemAt = at + "[" + i + "]";
            binding.item(itemAt, item);
            Optional<T> value = reader.apply(item, itemAt);
            if (value.isPresent() && !values.add(value.get())) {
                String shown = ((YamlNode.Scalar) item).text();
                binding.error(
                        Code.DUPLICATE_ENTRY,
                        item,
                        itemAt,
                        "'" + at + "' lists " + Printable.quote(shown) + " twice",
                        "remove one of the two");
            }
        }
        return Optional.of(new ArrayList<>(values));
    }

    private Optional<String> guestPath(YamlNode node, String path) {
        Optional<String> text = binding.text(node, path);
        if (text.isPresent() && !text.get().startsWith("/")) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    "'" + path + "' must be an absolute path, not " + Printable.quote(text.get()),
                    "paths inside start with '/'");
            return Optional.empty();
        }
        if (text.isPresent() && text.get().getBytes(StandardCharsets.UTF_8).length > SandboxSpec.PATH_BYTES) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' is too long",
                    "the kernel takes at most " + SandboxSpec.PATH_BYTES + " bytes");
            return Optional.empty();
        }
        return text;
    }

    private Optional<Integer> port(YamlNode node, String path) {
        Optional<Long> number = binding.integer(node, path);
        if (number.isPresent() && (number.get() < 0 || number.get() > HIGHEST_PORT)) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    Binding.written(node) + " is not a port",
                    "ports are from 0 to " + HIGHEST_PORT);
            return Optional.empty();
        }
        return number.map(Long::intValue);
    }
}
