package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.Ulimit;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code ulimits}: the names of getrlimit(2), each with one value or a soft and a hard one. */
final class UlimitsReader {
    static final String UNLIMITED = "unlimited";

    private final Binding binding;

    UlimitsReader(Binding binding) {
        this.binding = binding;
    }

    Map<ResourceLimit, Ulimit> read(YamlNode node, String path) {
        Map<ResourceLimit, Ulimit> limits = new LinkedHashMap<>();
        if (binding.isMissing(node, path)) {
            return limits;
        }
        if (!(node instanceof Mapping mapping)) {
            binding.wrongType(node, path, "a map", "write {nofile: 1024, nproc: {soft: 64, hard: 128}}");
            return limits;
        }
        binding.onlyKeys(mapping, path, ResourceLimit.words());
        for (Entry entry : mapping.entries()) {
            String at = path + "." + entry.key().text();
            ResourceLimit.find(entry.key().text()).ifPresent(limit -> {
                binding.entry(at, entry);
                limit(limit, entry.value(), at).ifPresent(value -> limits.put(limit, value));
            });
        }
        return limits;
    }

    private Optional<Ulimit> limit(ResourceLimit limit, YamlNode node, String path) {
        if (!(node instanceof Mapping mapping)) {
            return value(limit, node, path).map(value -> new Ulimit(value, value));
        }
        binding.onlyKeys(mapping, path, List.of("soft", "hard"));
        Optional<Long> soft = part(limit, mapping, path, "soft");
        Optional<Long> hard = part(limit, mapping, path, "hard");
        if (soft.isEmpty() || hard.isEmpty()) {
            return Optional.empty();
        }
        // Unlimited is the largest number there is.
        if (Long.compareUnsigned(soft.get(), hard.get()) > 0) {
            binding.error(
                    Code.CONFLICT,
                    mapping,
                    path,
                    "the soft limit of '" + path + "' is above its hard limit",
                    "a soft limit is at most the hard one");
            return Optional.empty();
        }
        return Optional.of(new Ulimit(soft.get(), hard.get()));
    }

    private Optional<Long> part(ResourceLimit limit, Mapping mapping, String path, String key) {
        Optional<Entry> entry = mapping.find(key);
        if (entry.isEmpty()) {
            binding.error(
                    Code.MISSING_KEY,
                    mapping,
                    path,
                    "'" + path + "' needs " + Printable.quote(key),
                    "write {soft: 64, hard: 128}, or one value for both");
            return Optional.empty();
        }
        String at = path + "." + key;
        binding.entry(at, entry.get());
        return value(limit, entry.get().value(), at);
    }

    private Optional<Long> value(ResourceLimit limit, YamlNode node, String path) {
        if (node instanceof Scalar scalar && scalar.text().equals(UNLIMITED)) {
            return Optional.of(Ulimit.UNLIMITED);
        }
        boolean isNumber = node instanceof Scalar scalar && scalar.type() == ScalarType.INT;
        return switch (limit.unit()) {
            case BYTES -> isNumber ? number(node, path) : new SizeReader(binding).read(node, path);
            case NUMBER -> number(node, path);
            case SECONDS -> isNumber ? number(node, path) : seconds(node, path);
            case MICROSECONDS ->
                isNumber
                        ? number(node, path)
                        : new DurationReader(binding).read(node, path).map(time -> 1000 * time.toMillis());
        };
    }

    private Optional<Long> number(YamlNode node, String path) {
        Optional<Long> number = binding.integer(node, path);
        if (number.isPresent() && number.get() < 0) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' is " + Binding.written(node),
                    number.get() == -1 ? "for no limit write unlimited" : "it must be 0 or more, or unlimited");
            return Optional.empty();
        }
        if (number.isPresent() && Binding.isBeyondLargest(node)) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' is " + Binding.written(node),
                    "it must be " + Long.MAX_VALUE + " or less, or unlimited");
            return Optional.empty();
        }
        return number;
    }

    private Optional<Long> seconds(YamlNode node, String path) {
        Optional<Duration> time = new DurationReader(binding).read(node, path);
        if (time.isPresent() && time.get().getNano() != 0) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    "'" + path + "' counts whole seconds",
                    "write " + (time.get().getSeconds() + 1) + "s");
            return Optional.empty();
        }
        return time.map(Duration::getSeconds);
    }
}
