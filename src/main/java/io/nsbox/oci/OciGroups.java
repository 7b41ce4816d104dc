package io.nsbox.oci;

import io.nsbox.host.HostTree;
import io.nsbox.host.MountEntry;
import java.util.List;
import java.util.Optional;

/**
 * How control groups are mounted where the export is made, as far as limits depend on it (cgroups(7)).
 *
 * @param unified whether version 2 alone is mounted, at the place where runc looks
 * @param swap whether the kernel accounts swap
 */
public record OciGroups(boolean unified, boolean swap) {
    private static final String PLACE = "/sys/fs/cgroup";

    static OciGroups read(HostTree tree) {
        List<MountEntry> mounts = tree.read(MountEntry.SOURCE)
                .map(file -> MountEntry.parse(file.lines()))
                .orElse(List.of());
        boolean unified = false;
        Optional<String> memory = Optional.empty();
        for (MountEntry mount : mounts) {
            if (mount.target().equals(PLACE)) {
                unified = mount.type().equals("cgroup2");
            }
            if (mount.type().equals("cgroup") && mount.superOptions().contains("memory")) {
                memory = Optional.of(mount.target());
            }
        }
        boolean swap = memory.map(folder ->
                        tree.status(folder + "/memory.memsw.limit_in_bytes").isPresent())
                // The group at the top of version 2 has no such file, so without one there is no telling.
                .orElseGet(() -> tree.list(PLACE).stream()
                        .map(name -> PLACE + "/" + name)
                        .filter(group -> tree.status(group + "/memory.max").isPresent())
                        .allMatch(
                                group -> tree.status(group + "/memory.swap.max").isPresent()));
        return new OciGroups(unified, swap);
    }
}
