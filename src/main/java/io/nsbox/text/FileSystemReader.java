package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.Key;
import io.nsbox.spec.Mount;
import io.nsbox.spec.Rootfs;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the keys that make a {@link FileSystem}. */
final class FileSystemReader {
    private static final Mount FAULTY = new Mount.Folder(GuestPath.ROOT, 0);

    private final Binding binding;
    private final PathReader paths;
    private final MountReader mountReader;
    private final DevReader dev;
    private @Nullable Rootfs rootfs;
    private boolean readOnly;
    private List<Mount> mounts = List.of();
    private List<Mount.Tmpfs> tmpfs = List.of();

    FileSystemReader(Binding binding, PathReader paths) {
        this.binding = binding;
        this.paths = paths;
        this.mountReader = new MountReader(binding, paths);
        this.dev = new DevReader(binding, paths);
    }

    /** Reads the key if it is one of this reader's; false if it is not. */
    boolean read(Key key, YamlNode node, String path) {
        switch (key) {
            case ROOTFS -> rootfs = rootfs(node, path).orElse(null);
            case READ_ONLY -> binding.bool(node, path).ifPresent(v -> readOnly = v);
            case MOUNTS -> mounts = mounts(node, path);
            case TMPFS -> tmpfs = tmpfs(node, path);
            default -> {
                return dev.read(key, node, path);
            }
        }
        return true;
    }

    private Optional<Rootfs> rootfs(YamlNode node, String path) {
        if (!(node instanceof Mapping mapping)) {
            return paths.host(node, path).map(folder -> new Rootfs(folder, null));
        }
        binding.onlyKeys(mapping, path, List.of("path", "overlay"));
        Optional<String> folder = binding.required(
                        mapping, path, "path", "write {path: ./rootfs, overlay: tmpfs}, or the path alone")
                .flatMap(value -> paths.host(value, path + ".path"));
        Optional<YamlNode> overlay = binding.optional(mapping, path, "overlay");
        if (overlay.isEmpty()) {
            return folder.map(f -> new Rootfs(f, null));
        }
        Optional<Rootfs.Overlay> kind = overlay(overlay.get(), path + ".overlay");
        return folder.isEmpty() || kind.isEmpty()
                ? Optional.empty()
                : Optional.of(new Rootfs(folder.get(), kind.get()));
    }

    private Optional<Rootfs.Overlay> overlay(YamlNode node, String path) {
        if (node instanceof Mapping mapping) {
            binding.onlyKeys(mapping, path, List.of("upper", "work"));
            return mountReader.kept(mapping, path).map(k -> k);
        }
        if (node instanceof Scalar) {
            return binding.choice(node, path, Map.of("tmpfs", new Rootfs.Discarded()));
        }
        binding.wrongType(node, path, "'tmpfs' or a map", "write tmpfs, or {upper: ./upper, work: ./work}");
        return Optional.empty();
    }

    private List<Mount> mounts(YamlNode node, String path) {
        List<Mount> read = new ArrayList<>();
        for (Item item : items(node, path, "write a list such as [./src:/work:ro]")) {
            // What is faulty keeps its place, so that the others keep theirs.
            read.add(mountReader.read(item.node, item.path).orElse(FAULTY));
        }
        return read;
    }

    private List<Mount.Tmpfs> tmpfs(YamlNode node, String path) {
        List<Mount.Tmpfs> read = new ArrayList<>();
        for (Item item : items(node, path, "write a list such as [/tmp, \"/run:size=64m,mode=0755\"]")) {
            if (item.node instanceof Mapping) {
                binding.error(
                        Code.WRONG_TYPE,
                        item.node,
                        item.path,
                        "'" + item.path + "' must be a path, not a map",
                        "write /tmp or \"/tmp:size=64m,mode=1777\"; the long form belongs to 'mounts'");
                continue;
            }
            mountReader.tmpfs(item.node, item.path).ifPresent(read::add);
        }
        return read;
    }

    private record Item(YamlNode node, String path) {}

    private List<Item> items(YamlNode node, String path, String help) {
        List<Item> items = new ArrayList<>();
        for (YamlNode item : binding.sequence(node, path, help)
                .filter(list -> binding.fits(list.items().size(), Binding.MOST_STEPS, node, path))
                .map(Sequence::items)
                .orElse(List.of())) {
            String at = path + "[" + items.size() + "]";
            binding.item(at, item);
            items.add(new Item(item, at));
        }
        return items;
    }

    FileSystem fileSystem() {
        return new FileSystem(rootfs, readOnly, mounts, tmpfs, dev.deviceFolder(), dev.guardedPaths());
    }
}
