package io.nsbox.host;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How control groups are set up (cgroups(7)).
 *
 * @param mode which versions are mounted
 * @param v2Controllers controllers that the v2 hierarchy offers at its top
 * @param v1Controllers where each v1 controller is mounted
 * @param ownGroup the caller's group of the v2 hierarchy, as {@code /proc/self/cgroup} shows it
 * @param ownGroupFolder that group's folder, where the mount shows it
 * @param delegated whether the caller owns that folder, its {@code cgroup.procs} and {@code cgroup.subtree_control}, as a
 *     delegated group has it
 */
public record CgroupFacts(
        Mode mode,
        Set<String> v2Controllers,
        Map<String, String> v1Controllers,
        Optional<String> ownGroup,
        Optional<String> ownGroupFolder,
        boolean delegated) {

    /** Which versions of cgroups are mounted. */
    public enum Mode {
        NONE("none mounted"),
        V1("v1"),
        V2("v2"),
        HYBRID("v1 and v2");

        private final String words;

        Mode(String words) {
            this.words = words;
        }

        /** How a message names it. */
        public String words() {
            return words;
        }
    }

    /** Options of a v1 mount that are no controllers (cgroups(7)); {@code name=} is one too. */
    private static final Set<String> NO_CONTROLLERS =
            Set.of("rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode", "favordynmods", "none");

    public CgroupFacts {
        v2Controllers = Set.copyOf(v2Controllers);
        v1Controllers = Map.copyOf(v1Controllers);
    }

    /** All controllers, each once, in alphabetical order. */
    public List<String> controllers() {
        Set<String> all = new TreeSet<>(v2Controllers);
        all.addAll(v1Controllers.keySet());
        return List.copyOf(all);
    }

    static CgroupFacts read(HostTree tree, MountFacts mounts, Optional<CallerFacts> caller) {
        Optional<MountEntry> v2 = mounts.mounts().stream()
                .filter(mount -> mount.type().equals("cgroup2"))
                .findFirst();
        Map<String, String> v1 = new TreeMap<>();
        boolean anyV1 = false;
        for (MountEntry mount : mounts.mounts()) {
            if (mount.type().equals("cgroup")) {
                anyV1 = true;
                mount.superOptions().stream()
                        .filter(option -> !NO_CONTROLLERS.contains(option) && !option.contains("="))
                        .forEach(controller -> v1.put(controller, mount.target()));
            }
        }
        Mode mode = v2.isPresent() ? (anyV1 ? Mode.HYBRID : Mode.V2) : (anyV1 ? Mode.V1 : Mode.NONE);
        Optional<String> group = ownGroup(tree);
        Optional<String> folder = v2.flatMap(mount -> group.flatMap(path -> folder(mount, path)));
        boolean delegated = folder.isPresent()
                && caller.isPresent()
                && List.of("", "/cgroup.procs", "/cgroup.subtree_control").stream()
                        .allMatch(name -> owns(tree, caller.get(), folder.get() + name));
        return new CgroupFacts(mode, offered(tree, v2), v1, group, folder, delegated);
    }

    private static Set<String> offered(HostTree tree, Optional<MountEntry> v2) {
        Set<String> controllers = new TreeSet<>();
        v2.flatMap(mount -> tree.word(mount.target() + "/cgroup.controllers"))
                .filter(words -> !words.isEmpty())
                .ifPresent(words -> controllers.addAll(List.of(words.split("\\s+"))));
        return controllers;
    }

    private static Optional<String> ownGroup(HostTree tree) {
        return tree.read("/proc/self/cgroup").map(HostFile::lines).orElse(List.of()).stream()
                .filter(line -> line.startsWith("0::"))
                .map(line -> line.substring("0::".length()))
                .findFirst();
    }

    private static Optional<String> folder(MountEntry mount, String group) {
        String below = mount.root().equals("/") ? group : null;
        if (below == null && (group + "/").startsWith(mount.root() + "/")) {
            below = group.substring(mount.root().length());
        }
        if (below == null || below.startsWith("/..")) {
            return Optional.empty();
        }
        return Optional.of(below.equals("/") ? mount.target() : mount.target() + below);
    }

    private static boolean owns(HostTree tree, CallerFacts caller, String path) {
        return tree.status(path).map(status -> status.uid() == caller.uid()).orElse(false);
    }
}
