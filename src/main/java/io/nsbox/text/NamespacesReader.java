package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code namespaces}: a list of words, or {@code all}; an entry {@code {network: PATH}} joins one that exists. An empty
 * list makes none.
 */
final class NamespacesReader {
    private static final String ALL = "all";
    private static final List<String> WORDS =
            Arrays.stream(Namespace.values()).map(Namespace::word).toList();

    /** What the kernel's own files and other tools call them (namespaces(7), unshare(1)). */
    private static final Map<String, Namespace> OTHER_WORDS = Map.ofEntries(
            Map.entry("mnt", Namespace.MOUNT),
            Map.entry("mntns", Namespace.MOUNT),
            Map.entry("net", Namespace.NETWORK),
            Map.entry("netns", Namespace.NETWORK),
            Map.entry("cgroups", Namespace.CGROUP),
            Map.entry("cgroupns", Namespace.CGROUP),
            Map.entry("cgrp", Namespace.CGROUP),
            Map.entry("hostname", Namespace.UTS),
            Map.entry("utsname", Namespace.UTS),
            Map.entry("utsns", Namespace.UTS),
            Map.entry("proc", Namespace.PID),
            Map.entry("process", Namespace.PID),
            Map.entry("pidns", Namespace.PID),
            Map.entry("userns", Namespace.USER),
            Map.entry("sysvipc", Namespace.IPC),
            Map.entry("ipcns", Namespace.IPC),
            Map.entry("timens", Namespace.TIME));

    private final Binding binding;
    private final PathReader paths;
    private final Map<Namespace, YamlNode> seen = new EnumMap<>(Namespace.class);
    private final Map<Namespace, String> joins = new EnumMap<>(Namespace.class);

    NamespacesReader(Binding binding, PathReader paths) {
        this.binding = binding;
        this.paths = paths;
    }

    /** The namespaces; an unknown word counts as the one that it is nearest to, so that no further key complains. */
    Set<Namespace> read(YamlNode node, String path) {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            if (scalar.text().equals(ALL)) {
                return EnumSet.allOf(Namespace.class);
            }
            String help = Suggestion.nearest(scalar.text(), List.of(ALL))
                    .map(word -> "did you mean '" + word + "'?")
                    .orElse("write [" + Printable.cut(scalar.text()) + "]");
            binding.wrongType(node, path, "a list, or the word all", help);
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

    /** The paths of the namespaces that are joined, after {@link #read}. */
    Map<Namespace, String> joins() {
        return joins;
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
        list(namespace.get(), item, path);
    }

    private void list(Namespace namespace, YamlNode item, String path) {
        YamlNode before = seen.putIfAbsent(namespace, item);
        if (before != null) {
            binding.report(binding.problem(
                            Severity.ERROR,
                            Code.DUPLICATE_ENTRY,
                            item,
                            path,
                            "the namespace '" + namespace.word() + "' is listed twice")
                    .withRelated(before.place().span(), "first listed here")
                    .withHelp("remove one of the two"));
        }
    }

    private void join(Mapping mapping, String path) {
        if (mapping.entries().size() != 1) {
            binding.wrongType(
                    mapping,
                    path,
                    "a word, or one namespace with its path",
                    "write one entry for each, such as {network: /run/netns/blue}");
            return;
        }
        YamlNode.Entry entry = mapping.entries().get(0);
        String word = entry.key().text();
        Optional<Namespace> namespace = Namespace.find(word);
        if (namespace.isEmpty()) {
            Optional<Namespace> near = find(word);
            binding.error(
                    Code.UNKNOWN_VALUE,
                    entry.key(),
                    path,
                    "unknown namespace " + Printable.quote(word),
                    near.map(n -> "did you mean '" + n.word() + "'?")
                            .orElse("the namespaces are " + String.join(", ", WORDS)));
            near.ifPresent(n -> seen.putIfAbsent(n, mapping));
            return;
        }
        list(namespace.get(), mapping, path);
        String at = path + "." + word;
        binding.entry(at, entry);
        Optional<String> file = binding.text(entry.value(), at);
        joins.put(namespace.get(), file.orElse("/"));
        if (file.isEmpty()) {
            return;
        }
        if (file.get().startsWith("~")) {
            paths.host(entry.value(), at, file.get()).ifPresent(found -> joins.put(namespace.get(), found));
        } else if (file.get().isEmpty()) {
            binding.error(
                    Code.INVALID_VALUE,
                    entry.value(),
                    at,
                    "'" + at + "' must be the path of a namespace, not " + Printable.quote(file.get()),
                    "write it in full, such as /run/netns/blue or /proc/PID/ns/net");
        } else if (file.get().getBytes(StandardCharsets.UTF_8).length > SandboxSpec.PATH_BYTES) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    entry.value(),
                    at,
                    "'" + at + "' is too long",
                    "the kernel takes at most " + SandboxSpec.PATH_BYTES + " bytes");
        }
    }

    private static Optional<Namespace> find(String word) {
        return Namespace.find(word)
                .or(() -> Optional.ofNullable(OTHER_WORDS.get(word)))
                .or(() -> Suggestion.nearest(word, WORDS).flatMap(Namespace::find));
    }
}
