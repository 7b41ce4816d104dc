package io.nsbox.state;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where control groups are mounted (cgroups(7)).
 *
 * @param folder the mount point
 * @param root which group is mounted there
 * @param unified whether it is of version 2
 * @param options of a mount of version 1: the names of its controllers are among them
 */
public record GroupHierarchy(Path folder, String root, boolean unified, Set<String> options) {
    public GroupHierarchy {
        options = Set.copyOf(options);
    }

    /**
     * The folders of the groups that a launcher made for a sandbox.
     *
     * @param ofProcess what {@code /proc/PID/cgroup} says of a process in it
     * @param name the sandbox's
     */
    public static List<Path> groupsOf(List<GroupHierarchy> all, List<String> ofProcess, String name, long launcher) {
        // A number follows where the name was taken. The sandbox may have made groups below, and gone into one of them.
        Pattern own = Pattern.compile("(.*/nsbox-" + Pattern.quote(name) + "-" + launcher + "(\\.\\d+)?)(/.*)?");
        List<Path> folders = new ArrayList<>();
        for (String line : ofProcess) {
            String[] fields = line.split(":", 3);
            Matcher group = own.matcher(fields.length == 3 ? fields[2] : "");
            if (group.matches()) {
                all.stream()
                        .filter(hierarchy -> hierarchy.holds(fields[1]))
                        .flatMap(hierarchy -> hierarchy.folder(group.group(1)).stream())
                        .findFirst()
                        .ifPresent(folders::add);
            }
        }
        return folders;
    }

    private boolean holds(String controllers) {
        return controllers.isEmpty() ? unified : !unified && options.containsAll(Set.of(controllers.split(",")));
    }

    private Optional<Path> folder(String group) {
        String above = root.equals("/") ? "" : root;
        return group.startsWith(above + "/")
                ? Optional.of(folder.resolve(group.substring(above.length() + 1)))
                : Optional.empty();
    }
}
