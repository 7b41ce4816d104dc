package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Reads {@code uid_map} and {@code gid_map}: a keyword, or a list of ranges that do not overlap. */
final class IdMapReader {
    private static final Map<String, IdMap.Keyword> KEYWORDS = Arrays.stream(IdMap.Keyword.values())
            .collect(Collectors.toMap(IdMap.Keyword::word, k -> k, (a, b) -> a, LinkedHashMap::new));
    private static final List<String> KEYS = List.of("inside", "outside", "count");

    /** Stands for an entry that could not be read, so that those behind it keep their numbers; it breaks no rule. */
    private static final IdRange UNREADABLE = new IdRange(0, 0, 1);

    private final Binding binding;

    IdMapReader(Binding binding) {
        this.binding = binding;
    }

    Optional<IdMap> read(YamlNode node, String path) {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            return binding.choice(node, path, KEYWORDS).map(k -> k);
        }
        Optional<Sequence> list =
                binding.sequence(node, path, "write root, keep-id, auto, or a list of {inside: 0, outside: 1000}");
        if (list.isEmpty()) {
            return Optional.empty();
        }
        List<IdRange> all = new ArrayList<>();
        List<Located> ranges = new ArrayList<>();
        for (int i = 0; i < list.get().items().size(); i++) {
            YamlNode item = list.get().items().get(i);
            String at = path + "[" + i + "]";
            binding.item(at, item);
            Optional<IdRange> range = range(item, at);
            range.ifPresent(found -> ranges.add(new Located(found, item, at)));
            all.add(range.orElse(UNREADABLE));
        }
        // More than the kernel takes are an error of their own.
        if (ranges.size() <= IdMap.Ranges.MOST) {
            overlap(ranges, "inside", IdRange::inside, IdRange::lastInside);
            overlap(ranges, "outside", IdRange::outside, IdRange::lastOutside);
        }
        return Optional.of(new IdMap.Ranges(all));
    }

    private record Located(IdRange range, YamlNode node, String path) {
        Span span() {
            return node.place().span();
        }
    }

    private Optional<IdRange> range(YamlNode node, String path) {
        if (!(node instanceof Mapping mapping)) {
            if (!binding.isMissing(node, path)) {
                binding.wrongType(node, path, "a map", "write {inside: 0, outside: 1000, count: 1}");
            }
            return Optional.empty();
        }
        binding.onlyKeys(mapping, path, KEYS);
        Optional<Long> inside = number(mapping, path, "inside");
        Optional<Long> outside = number(mapping, path, "outside");
        Optional<Long> count = mapping.find("count").isPresent() ? number(mapping, path, "count") : Optional.of(1L);
        if (inside.isEmpty() || outside.isEmpty() || count.isEmpty()) {
            return Optional.empty();
        }
        IdRange range = new IdRange(inside.get(), outside.get(), count.get());
        beyondTheLastId(range, mapping, path);
        return Optional.of(range);
    }

    private Optional<Long> number(Mapping mapping, String path, String key) {
        String at = path + "." + key;
        Optional<Entry> entry = mapping.find(key);
        if (entry.isEmpty()) {
            binding.error(
                    Code.MISSING_KEY,
                    mapping,
                    path,
                    "'" + path + "' needs " + Printable.quote(key),
                    "write {inside: 0, outside: 1000}; count is 1 unless given");
            return Optional.empty();
        }
        binding.entry(at, entry.get());
        return binding.integer(entry.get().value(), at);
    }

    /** The numbers on their own are checked by the records' constraints; here, whether the range's end is an id too. */
    private void beyondTheLastId(IdRange range, Mapping mapping, String path) {
        if (!isSound(range)) {
            return;
        }
        long last = Math.max(range.lastInside(), range.lastOutside());
        if (last > IdRange.HIGHEST_ID) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    mapping,
                    path,
                    "'" + path + "' ends at id " + last + ", but the highest id is " + IdRange.HIGHEST_ID,
                    "make 'count' smaller");
        }
    }

    /** The kernel refuses a map in which an id has two meanings (user_namespaces(7)). */
    private void overlap(
            List<Located> ranges, String side, ToLongFunction<IdRange> first, ToLongFunction<IdRange> last) {
        List<Located> sorted = ranges.stream()
                .filter(l -> isSound(l.range))
                .sorted(Comparator.comparingLong(l -> first.applyAsLong(l.range)))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            Located a = sorted.get(i - 1);
            Located b = sorted.get(i);
            long shared = first.applyAsLong(b.range);
            if (shared > last.applyAsLong(a.range)) {
                continue;
            }
            boolean inOrder = ranges.indexOf(a) < ranges.indexOf(b);
            Located earlier = inOrder ? a : b;
            Located later = inOrder ? b : a;
            binding.report(binding.problem(
                            Severity.ERROR,
                            Code.ID_MAP_OVERLAP,
                            later.node,
                            later.path,
                            "the id " + shared + " " + side + " stands in two ranges of the map")
                    .withRelated(earlier.span(), "the other range"));
        }
    }

    private static boolean isSound(IdRange range) {
        return range.inside() >= 0
                && range.inside() <= IdRange.HIGHEST_ID
                && range.outside() >= 0
                && range.outside() <= IdRange.HIGHEST_ID
                && range.count() >= 1
                && range.count() <= IdRange.HIGHEST_ID + 1;
    }
}
