package io.nsbox.oci;

import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.NetworkMode;
import io.nsbox.spec.SandboxSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The namespaces of a configuration and the ids that are mapped in them (config-linux.md, "Namespaces"). */
final class OciNamespaces {
    private static final String NAMESPACES = "namespaces";

    private final LoadedSpec loaded;
    private final SandboxSpec spec;
    private final Circumstances here;
    private final Findings findings;

    OciNamespaces(LoadedSpec loaded, Circumstances here, Findings findings) {
        this.loaded = loaded;
        this.spec = loaded.spec();
        this.here = here;
        this.findings = findings;
    }

    void addTo(Map<String, Object> linux) {
        if (!spec.makes(Namespace.MOUNT)) {
            findings.refuse(
                    NAMESPACES,
                    spec.has(Namespace.MOUNT)
                            ? "a runtime mounts the root in a mount namespace of its own, and cannot join one for that"
                            : "without 'mount' a runtime would mount the root in the caller's own mount namespace",
                    "list 'mount' in 'namespaces'");
        }
        if (spec.has(Namespace.TIME)) {
            findings.refuse(
                    NAMESPACES,
                    "the OCI runtime specification 1.0.2 knows no time namespaces",
                    "remove 'time' from 'namespaces'");
        }
        if (spec.makes(Namespace.NETWORK) && spec.network() == NetworkMode.DOWN) {
            findings.refuse(
                    "network",
                    "runtimes bring 'lo' up in a new network namespace",
                    "write network: loopback, or remove 'network'");
        }
        List<Map<String, Object>> namespaces = new ArrayList<>();
        for (Namespace namespace : spec.namespaces()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("type", namespace.word());
            String path = spec.joins().get(namespace);
            if (path != null) {
                entry.put("path", absolute(path));
            }
            namespaces.add(entry);
        }
        linux.put(NAMESPACES, namespaces);
        if (spec.makes(Namespace.USER)) {
            maps(linux);
        } else if (spec.has(Namespace.USER)) {
            findings.warn(
                    NAMESPACES,
                    "runc 1.1 refuses to join a user namespace: it wants to know the id maps",
                    "use a runtime that can, or list 'user' to make a new one");
        }
    }

    private void maps(Map<String, Object> linux) {
        if (spec.uidMap() == null || spec.gidMap() == null) {
            findings.refuse(
                    NAMESPACES,
                    "runtimes make no user namespace without id maps",
                    "write both, as uid_map: root does, or list both");
            return;
        }
        long uid = here.caller().ids().uid();
        long gid = here.caller().ids().gid();
        List<IdRange> uids = ranges(spec.uidMap(), uid, here.subordinateUids());
        List<IdRange> gids = ranges(spec.gidMap(), gid, here.subordinateGids());
        linux.put("uidMappings", lines(uids));
        linux.put("gidMappings", lines(gids));
        warnWithoutZero("uid_map", "user", uids);
        warnWithoutZero("gid_map", "group", gids);
    }

    private void warnWithoutZero(String key, String what, List<IdRange> ranges) {
        if (ranges.stream().noneMatch(range -> range.inside() == 0)) {
            findings.warn(
                    key,
                    "runc 1.1 refuses a user namespace in which " + what + " id 0 is not mapped",
                    "map 0, as " + key + ": root does; crun takes it as it is");
        }
    }

    /** The user id that the caller has inside; empty where it has none. */
    OptionalLong uidInside() {
        return inside(spec.uidMap(), here.caller().ids().uid());
    }

    /** Likewise for its group. */
    OptionalLong gidInside() {
        return inside(spec.gidMap(), here.caller().ids().gid());
    }

    private OptionalLong inside(@Nullable IdMap map, long own) {
        if (!spec.has(Namespace.USER)) {
            return OptionalLong.of(own);
        }
        if (map == null) {
            // In a namespace that is joined, root is what there is to be.
            return spec.makes(Namespace.USER) ? OptionalLong.empty() : OptionalLong.of(0);
        }
        return ranges(map, own, List.of()).stream()
                .filter(range -> range.outside() <= own && own <= range.lastOutside())
                .mapToLong(range -> range.inside() + own - range.outside())
                .findFirst();
    }

    private static List<IdRange> ranges(IdMap map, long own, List<IdRange> subordinate) {
        if (map instanceof IdMap.Ranges given) {
            return given.ranges();
        }
        IdRange root = new IdRange(0, own, 1);
        return switch ((IdMap.Keyword) map) {
            case ROOT -> List.of(root);
            case KEEP_ID -> List.of(new IdRange(own, own, 1));
            case AUTO -> {
                List<IdRange> all = new ArrayList<>(List.of(root));
                all.addAll(subordinate);
                yield List.copyOf(all);
            }
        };
    }

    private static List<Map<String, Object>> lines(List<IdRange> ranges) {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (IdRange range : ranges) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("containerID", range.inside());
            line.put("hostID", range.outside());
            line.put("size", range.count());
            lines.add(line);
        }
        return lines;
    }

    /** Host paths are relative to the spec's folder. */
    private String absolute(String path) {
        if (path.startsWith("/")) {
            return path;
        }
        String file = loaded.inputs().get(0).path();
        return file.substring(0, file.lastIndexOf('/') + 1) + path;
    }
}
