package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.Namespace;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.Sequence;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code namespaces}: a list of words, or {@code all}. An empty list makes none. */
final class NamespacesReader {
    private static final String ALL = "all";
    private static final List<String> WORDS =
            Arrays.stream(Namespace.values()).map(Namespace::word).toList();

    /** What the kernel's own files and other tools call them (namespaces(7), unshare(1)). */
    private static final Map<String, Namespace> OTHER_WORDS = Map.of(
            "mnt", Namespace.MOUNT,
            "net", Namespace.NETWORK,
            "cgroups", Namespace.CGROUP,
            "hostname", Namespace.UTS,
            "proc", Namespace.PID);

    private final Binding binding;
    private final Map<Namespace, YamlNode> seen = new EnumMap<>(Namespace.class);

    NamespacesReader(Binding binding) {
        this.binding = binding;
    }

    /** The namespaces; an unknown word counts as the one that it is nearest to, so that no further key complains. */
    Set<Namespace> read(YamlNode node, String path) {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            if (scalar.text().equals(ALL)) {
                return EnumSet.allOf(Namespace.class);
            }
            binding.wrongType(node, path, "a list, or the word all", "write [" + scalar.text() + "]");
            return find(scalar.text()).map(EnumSet::of).orElseGet(() -> EnumSet.noneOf(Namespace.class));
        }
        Optional<Sequence> list = binding.sequence(node, path, "write [uts, pid], or 'all'");
        if (list.isEmpty()) {
            return EnumSet.noneOf(Namespace.class);
        }
        if (list.get().items().size() == 1
                && list.get().items().get(0) instanceof Scalar only
                && only.text().equals(ALL)) {
            binding.item(path + "[0]", only);
            return EnumSet.allOf(Namespace.class);
        }
        for (int i = 0; i < list.get().items().size(); i++) {
            YamlNode item = list.get().items().get(i);
            String at = path + "[" + i + "]";
            binding.item(at, item);
            if (item instanceof Mapping mapping) {
                join(mapping, at);
            } else {
                binding.word(item, at).ifPresent(word -> add(item, at, word));
            }
        }
        Set<Namespace> namespaces = EnumSet.noneOf(Namespace.class);
        namespaces.addAll(seen.keySet());
        return namespaces;
    }

    private void add(YamlNode item, String path, String word) {
        if (word.equals(ALL)) {
            binding.error(
                    Code.CONFLICT,
                    item,
                    path,
                    "'all' stands alone: it already names every namespace",
                    "write namespaces: all");
            return;
        }
        Optional<Namespace> namespace = Namespace.find(word);
        if (namespace.isEmpty()) {
            Optional<Namespace> near = find(word);
            binding.error(
                    Code.UNKNOWN_VALUE,
                    item,
                    path,
                    "unknown namespace " + Printable.quote(word),
                    near.map(n -> "did you mean '" + n.word() + "'?")
                            .orElse("the namespaces are " + String.join(", ", WORDS)));
            near.ifPresent(n -> seen.putIfAbsent(n, item));
            return;
        }
        YamlNode before = seen.putIfAbsent(namespace.get(), item);
        if (before != null) {
            binding.report(binding.problem(
                            Severity.ERROR,
                            Code.DUPLICATE_ENTRY,
                            item,
                            path,
                            "the namespace '" + word + "' is listed twice")
                    .withRelated(before.place().span(), "first listed here")
                    .withHelp("remove one of the two"));
        }
    }

    private void join(Mapping mapping, String path) {
        Optional<Namespace> only = mapping.entries().size() == 1
                ? Namespace.find(mapping.entries().get(0).key().text())
                : Optional.empty();
        if (only.isEmpty()) {
            binding.wrongType(mapping, path, "a word", "the namespaces are " + String.join(", ", WORDS));
            return;
        }
        seen.putIfAbsent(only.get(), mapping);
        binding.error(
                Code.NOT_SUPPORTED,
                mapping,
                path,
                "joining a namespace that exists is not supported yet",
                "write '" + only.get().word() + "' to make a new one");
    }

    private static Optional<Namespace> find(String word) {
        return Namespace.find(word)
                .or(() -> Optional.ofNullable(OTHER_WORDS.get(word)))
                .or(() -> Suggestion.nearest(word, WORDS).flatMap(Namespace::find));
    }
}
