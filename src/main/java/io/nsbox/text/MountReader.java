package io.nsbox.text;

import static java.util.Map.entry;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.ByteSize;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.KernelFileSystem;
import io.nsbox.spec.Mount;
import io.nsbox.spec.Mount.Access;
import io.nsbox.spec.Rootfs;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the entries of {@code mounts}, long and short, and those of {@code tmpfs}. */
final class MountReader {
    private static final int TMPFS_MODE = 01777;
    private static final int FILE_MODE = 0644;
    private static final int FOLDER_MODE = 0755;
    private static final List<String> ACCESS = List.of("read_only", "suid", "dev", "noexec");

    /** What each type of mount may have. */
    private static final Map<String, List<String>> KEYS = keys();

    /** What other tools call the keys. */
    private static final Map<String, String> SYNONYMS = Map.ofEntries(
            entry("src", "source"),
            entry("dst", "target"),
            entry("dest", "target"),
            entry("destination", "target"),
            entry("path", "target"),
            entry("ro", "read_only"),
            entry("readonly", "read_only"),
            entry("upperdir", "upper"),
            entry("workdir", "work"),
            entry("lowerdir", "lower"));

    private final Binding binding;
    private final PathReader paths;

    MountReader(Binding binding, PathReader paths) {
        this.binding = binding;
        this.paths = paths;
    }

    private static Map<String, List<String>> keys() {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        keys.put("bind", with(List.of("source", "target", "optional"), ACCESS));
        keys.put("tmpfs", with(List.of("target", "size", "mode"), ACCESS));
        keys.put("overlay", with(List.of("target", "lower", "upper", "work"), ACCESS));
        keys.put("file", List.of("target", "content", "mode", "read_only", "noexec"));
        keys.put("dir", List.of("target", "mode"));
        keys.put("symlink", List.of("target", "to"));
        for (KernelFileSystem type : KernelFileSystem.values()) {
            keys.put(type.word(), with(List.of("target"), ACCESS));
        }
        return keys;
    }

    private static List<String> with(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** The types of mounts, and what each may have. */
    static Map<String, List<String>> types() {
        return KEYS;
    }

    /** One entry of {@code mounts}; nothing where a problem was reported. */
    Optional<Mount> read(YamlNode node, String path) {
        if (node instanceof Scalar) {
            return binding.text(node, path).flatMap(text -> shortForm(node, path, text));
        }
        if (!(node instanceof Mapping mapping)) {
            binding.wrongType(node, path, "SOURCE:TARGET or a map", "write ./src:/work or {type: bind, ...}");
            return Optional.empty();
        }
        Optional<String> type = binding.required(
                        mapping, path, "type", "write {type: bind, source: ./src, target: /work}")
                .flatMap(value -> binding.choice(value, path + ".type", words()));
        if (type.isEmpty()) {
            return Optional.empty();
        }
        onlyKeysOf(type.get(), mapping, path);
        Optional<Mount> mount = longForm(type.get(), mapping, path);
        return binding.isFaulty(path) ? Optional.empty() : mount;
    }

    private static Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        KEYS.keySet().forEach(word -> words.put(word, word));
        return words;
    }

    private Optional<Mount> shortForm(YamlNode node, String path, String text) {
        String[] parts = text.split(":", -1);
        String help = "write SOURCE:TARGET, SOURCE:TARGET:ro or SOURCE:TARGET:rw";
        if (parts.length < 2) {
            binding.error(Code.INVALID_VALUE, node, path, Printable.quote(text) + " names only one path", help);
            return Optional.empty();
        }
        if (parts.length > 3) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text) + " has too many parts",
                    "where a path itself holds ':', write {type: bind, source: ..., target: ...}");
            return Optional.empty();
        }
        if (parts.length == 3 && !parts[2].equals("ro") && !parts[2].equals("rw")) {
            binding.error(
                    Code.UNKNOWN_VALUE,
                    node,
                    path,
                    "the short form of a mount does not know " + Printable.quote(parts[2]),
                    parts[2].isEmpty()
                            ? help
                            : "after the target stands ro or rw; other options have keys of their own");
            return Optional.empty();
        }
        Optional<String> source = paths.host(node, path, "the source of '" + path + "'", parts[0]);
        Optional<GuestPath> target = paths.target(node, path, "the target of '" + path + "'", parts[1]);
        if (source.isEmpty() || target.isEmpty()) {
            return Optional.empty();
        }
        Access access = new Access(parts.length == 3 && parts[2].equals("ro"), false, false, true);
        return Optional.of(new Mount.Bind(source.get(), target.get(), false, access));
    }

    private void onlyKeysOf(String type, Mapping mapping, String path) {
        List<String> known = KEYS.getOrDefault(type, List.of());
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (key.equals("type") || known.contains(key) || Binding.isNote(key)) {
                continue;
            }
            boolean ofAnother = KEYS.values().stream().anyMatch(keys -> keys.contains(key));
            String synonym = SYNONYMS.get(key);
            binding.error(
                    Code.UNKNOWN_KEY,
                    entry.key(),
                    path + "." + Printable.of(key),
                    ofAnother
                            ? "'" + key + "' does not belong to a mount of type " + type
                            : "unknown key " + Printable.quote(key) + " in '" + path + "'",
                    ofAnother
                            ? "type " + type + " has " + String.join(", ", known)
                            : synonym != null && known.contains(synonym)
                                    ? "did you mean '" + synonym + "'?"
                                    : Binding.oneOf(key, known));
        }
    }

    private Optional<Mount> longForm(String type, Mapping mapping, String path) {
        Optional<GuestPath> target = binding.required(
                        mapping, path, "target", "name where it goes, such as target: /work")
                .flatMap(node -> binding.text(node, path + ".target")
                        .flatMap(text -> paths.target(node, path + ".target", "'" + path + ".target'", text)));
        // Each is read even if the target is wrong, so that all problems are reported.
        GuestPath at = target.orElse(GuestPath.ROOT);
        return switch (type) {
            case "bind" -> bind(mapping, path, at);
            case "tmpfs" -> {
                Optional<ByteSize> size =
                        binding.optional(mapping, path, "size").flatMap(node -> size(node, path + ".size", node));
                int mode = mode(mapping, path, TMPFS_MODE, 07777);
                yield Optional.of(new Mount.Tmpfs(at, size, mode, access(mapping, path, Access.DEFAULT)));
            }
            case "overlay" -> overlay(mapping, path, at);
            case "file" -> {
                Optional<String> content = binding.required(
                                mapping, path, "content", "give it, or \"\" for an empty file")
                        .flatMap(node -> binding.content(node, path + ".content"));
                int mode = mode(mapping, path, FILE_MODE, 0777);
                Access access = access(mapping, path, Access.DEFAULT);
                yield content.map(text -> new Mount.TextFile(at, text, mode, access));
            }
            case "dir" -> Optional.of(new Mount.Folder(at, mode(mapping, path, FOLDER_MODE, 01777)));
            case "symlink" ->
                binding.required(mapping, path, "to", "name where it leads to, such as to: busybox")
                        .flatMap(node -> binding.text(node, path + ".to").filter(to -> leads(node, path + ".to", to)))
                        .map(to -> new Mount.Symlink(at, to));
            default -> kernel(type, mapping, path, at);
        };
    }

    private Optional<Mount> bind(Mapping mapping, String path, GuestPath target) {
        Optional<String> source = binding.required(
                        mapping, path, "source", "name a file or folder, such as source: ./src")
                .flatMap(node -> paths.host(node, path + ".source"));
        boolean optional = flag(mapping, path, "optional", false);
        Access access = access(mapping, path, Access.DEFAULT);
        return source.map(s -> new Mount.Bind(s, target, optional, access));
    }

    private Optional<Mount> overlay(Mapping mapping, String path, GuestPath target) {
        String help = "name one folder or more, such as lower: [./base]";
        List<String> lower = new ArrayList<>();
        Optional<YamlNode> layers = binding.required(mapping, path, "lower", help);
        if (layers.isPresent() && layers.get() instanceof Scalar one) {
            paths.host(one, path + ".lower").ifPresent(lower::add);
        } else if (layers.isPresent()) {
            List<YamlNode> items = binding.sequence(layers.get(), path + ".lower", help)
                    .map(Sequence::items)
                    .orElse(List.of());
            for (int i = 0; i < items.size(); i++) {
                String at = path + ".lower[" + i + "]";
                binding.item(at, items.get(i));
                paths.host(items.get(i), at).ifPresent(lower::add);
            }
            if (items.isEmpty() && !binding.isFaulty(path + ".lower")) {
                binding.error(Code.MISSING_VALUE, layers.get(), path + ".lower", "'" + path + ".lower' is empty", help);
            }
        }
        boolean keeps =
                mapping.find("upper").isPresent() || mapping.find("work").isPresent();
        Rootfs.Kept kept = keeps ? kept(mapping, path).orElse(null) : null;
        return Optional.of(new Mount.Overlay(target, lower, kept, access(mapping, path, Access.DEFAULT)));
    }

    /** {@code upper} and {@code work}, of which neither is anything without the other. */
    Optional<Rootfs.Kept> kept(Mapping mapping, String path) {
        String help = "an overlay that keeps its writes has both, on one file system: upper: ./upper, work: ./work";
        Optional<String> upper =
                binding.required(mapping, path, "upper", help).flatMap(node -> paths.host(node, path + ".upper"));
        Optional<String> work =
                binding.required(mapping, path, "work", help).flatMap(node -> paths.host(node, path + ".work"));
        if (upper.isEmpty() || work.isEmpty()) {
            return Optional.empty();
        }
        if (upper.get().equals(work.get())) {
            binding.error(
                    Code.CONFLICT,
                    mapping.find("work").orElseThrow().value(),
                    path + ".work",
                    "'upper' and 'work' are the same folder",
                    "give 'work' an empty folder of its own");
            return Optional.empty();
        }
        return Optional.of(new Rootfs.Kept(upper.get(), work.get()));
    }

    private Optional<Mount> kernel(String type, Mapping mapping, String path, GuestPath target) {
        KernelFileSystem kernel = Arrays.stream(KernelFileSystem.values())
                .filter(each -> each.word().equals(type))
                .findFirst()
                .orElseThrow();
        return Optional.of(new Mount.Kernel(kernel, target, access(mapping, path, kernel.access())));
    }

    private Access access(Mapping mapping, String path, Access usual) {
        return new Access(
                flag(mapping, path, "read_only", usual.readOnly()),
                flag(mapping, path, "suid", usual.suid()),
                flag(mapping, path, "dev", usual.dev()),
                !flag(mapping, path, "noexec", !usual.exec()));
    }

    private boolean flag(Mapping mapping, String path, String key, boolean usual) {
        return binding.optional(mapping, path, key)
                .flatMap(node -> binding.bool(node, path + "." + key))
                .orElse(usual);
    }

    private boolean leads(YamlNode node, String path, String to) {
        if (to.isEmpty() || to.length() > 4095) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' is " + (to.isEmpty() ? "empty" : "too long"),
                    "the kernel takes 1 to 4095 bytes");
            return false;
        }
        return true;
    }

    private int mode(Mapping mapping, String path, int usual, int most) {
        return binding.optional(mapping, path, "mode")
                .flatMap(node ->
                        binding.text(node, path + ".mode").flatMap(text -> mode(node, path + ".mode", text, most)))
                .orElse(usual);
    }

    private Optional<Integer> mode(YamlNode node, String path, String text, int most) {
        if (text.matches("[0-7]{1,6}") && Integer.parseInt(text, 8) <= most) {
            return Optional.of(Integer.parseInt(text, 8));
        }
        binding.error(
                Code.INVALID_VALUE,
                node,
                path,
                Printable.quote(text) + " is no mode",
                "write an octal number up to " + Integer.toOctalString(most) + " in quotes, such as \"0755\"");
        return Optional.empty();
    }

    private Optional<ByteSize> size(YamlNode node, String path, YamlNode value) {
        return binding.word(value, path).flatMap(text -> size(node, path, text));
    }

    private Optional<ByteSize> size(YamlNode node, String path, String text) {
        Optional<ByteSize> size = ByteSize.parse(text);
        if (size.isEmpty()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text) + " is no size",
                    "write a whole number of bytes, or one with k, m or g, such as 64m");
        } else if (size.get().bytes() == 0) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "a tmpfs of size 0 would have no limit at all",
                    "leave the size out for the kernel's own limit, half of the memory");
            return Optional.empty();
        }
        return size;
    }

    /** One entry of {@code tmpfs}: a path, or {@code path:size=64m,mode=1777}. */
    Optional<Mount.Tmpfs> tmpfs(YamlNode node, String path) {
        Optional<String> text = binding.text(node, path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.get().indexOf(':');
        String where = colon < 0 ? text.get() : text.get().substring(0, colon);
        Optional<GuestPath> target = paths.target(node, path, "'" + path + "'", where);
        Optional<ByteSize> size = Optional.empty();
        int mode = TMPFS_MODE;
        Set<String> given = new HashSet<>();
        for (String option :
                colon < 0 ? new String[0] : text.get().substring(colon + 1).split(",", -1)) {
            String value = option.substring(option.indexOf('=') + 1);
            String name = option.substring(0, option.length() - value.length());
            if (!given.add(name) && !name.isEmpty()) {
                binding.error(
                        Code.DUPLICATE_KEY,
                        node,
                        path,
                        "the option " + Printable.quote(name.substring(0, name.length() - 1)) + " is set twice",
                        "remove one of the two");
            } else if (option.startsWith("size=")) {
                size = size(node, path, value);
            } else if (option.startsWith("mode=")) {
                mode = mode(node, path, value, 07777).orElse(TMPFS_MODE);
            } else {
                binding.error(
                        Code.UNKNOWN_VALUE,
                        node,
                        path,
                        "'tmpfs' does not know the option " + Printable.quote(option),
                        "it knows size=64m and mode=1777; a tmpfs of 'mounts' has more");
            }
        }
        if (target.isEmpty() || binding.isFaulty(path)) {
            return Optional.empty();
        }
        return Optional.of(new Mount.Tmpfs(target.get(), size, mode, Access.DEFAULT));
    }
}
