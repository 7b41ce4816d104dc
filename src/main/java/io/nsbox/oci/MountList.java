package io.nsbox.oci;

import io.nsbox.spec.Mount.Access;
import io.nsbox.spec.Propagation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mounts of a configuration, in order (config.md, "Mounts"). */
final class MountList {
    private final List<Map<String, Object>> mounts = new ArrayList<>();
    private final String propagation;

    MountList(Propagation propagation) {
        this.propagation = propagation == Propagation.SLAVE ? "rslave" : "rprivate";
    }

    /** Adds a file system of its own. */
    void add(String type, String target, Access access, List<String> options) {
        List<String> all = new ArrayList<>(flags(access, ""));
        all.addAll(options);
        put(type, type, target, all);
    }

    /** Adds a file or folder of the host, with every mount below it. */
    void bind(String source, String target, Access access) {
        List<String> all = new ArrayList<>(List.of("rbind", propagation));
        all.addAll(flags(access, "r"));
        put("bind", source, target, all);
    }

    private void put(String type, String source, String target, List<String> options) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("destination", target);
        entry.put("type", type);
        entry.put("source", source);
        if (!options.isEmpty()) {
            entry.put("options", options);
        }
        mounts.add(entry);
    }

    /** With {@code r} in front they go for every mount below too (mount_setattr(2), AT_RECURSIVE). */
    private static List<String> flags(Access access, String prefix) {
        List<String> flags = new ArrayList<>();
        if (access.readOnly()) {
            flags.add(prefix + "ro");
        }
        if (!access.suid()) {
            flags.add(prefix + "nosuid");
        }
        if (!access.dev()) {
            flags.add(prefix + "nodev");
        }
        if (!access.exec()) {
            flags.add(prefix + "noexec");
        }
        return flags;
    }

    List<Map<String, Object>> entries() {
        return List.copyOf(mounts);
    }
}
