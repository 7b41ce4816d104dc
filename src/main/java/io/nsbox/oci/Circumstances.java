package io.nsbox.oci;

import io.nsbox.host.HostTree;
import io.nsbox.program.Arch;
import io.nsbox.spec.IdRange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a launcher finds out when it runs, and an export takes as it is now.
 *
 * @param caller who exports
 * @param paths the caller's files
 * @param environment the caller's variables
 * @param workingDirectory the caller's working directory
 * @param subordinateUids the caller's ranges, laid out from inside id 1; only looked at for {@code auto}
 * @param subordinateGids likewise
 * @param groups how control groups are mounted
 * @param arch the machine's processor
 * @param folder the bundle's folder, absolute
 */
public record Circumstances(
        OciCaller caller,
        HostPaths paths,
        SortedMap<String, String> environment,
        String workingDirectory,
        List<IdRange> subordinateUids,
        List<IdRange> subordinateGids,
        OciGroups groups,
        Arch arch,
        String folder) {
    public Circumstances {
        subordinateUids = List.copyOf(subordinateUids);
        subordinateGids = List.copyOf(subordinateGids);
    }

    /** The circumstances on a machine; absent where its {@code /proc} does not tell who the caller is. */
    public static Optional<Circumstances> read(
            HostTree tree,
            HostPaths paths,
            Map<String, String> environment,
            String workingDirectory,
            List<IdRange> subordinateUids,
            List<IdRange> subordinateGids,
            Arch arch,
            String folder) {
        return OciCaller.read(tree)
                .map(caller -> new Circumstances(
                        caller,
                        paths,
                        new TreeMap<>(environment),
                        workingDirectory,
                        subordinateUids,
                        subordinateGids,
                        OciGroups.read(tree),
                        arch,
                        folder));
    }
}
