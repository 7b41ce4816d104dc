package io.nsbox.host;

import java.util.List;
import java.util.Optional;

/**
 * A program that writes id maps for callers who may not: newuidmap(1) or newgidmap(1).
 *
 * @param path absolute path
 * @param setuidRoot whether it is setuid and root's. If not, it may still work by file capabilities, which are an extended
 *     attribute that Java cannot read
 */
public record IdMapHelper(String path, boolean setuidRoot) {

    /** Where distributions put it; {@code /run/wrappers/bin} is NixOS. */
    public static final List<String> FOLDERS = List.of("/usr/bin", "/usr/local/bin", "/run/wrappers/bin", "/bin");

    /** The first executable {@code newuidmap} in the usual folders. */
    public static Optional<IdMapHelper> newuidmap(HostTree tree) {
        return find(tree, "newuidmap");
    }

    /** The first executable {@code newgidmap} in the usual folders. */
    public static Optional<IdMapHelper> newgidmap(HostTree tree) {
        return find(tree, "newgidmap");
    }

    private static Optional<IdMapHelper> find(HostTree tree, String name) {
        for (String folder : FOLDERS) {
            String path = folder + "/" + name;
            Optional<HostTree.Status> status = tree.status(path);
            if (status.isPresent() && (status.get().mode() & HostTree.EXECUTABLE) != 0) {
                boolean setuid = (status.get().mode() & HostTree.SETUID) != 0;
                return Optional.of(new IdMapHelper(path, setuid && status.get().uid() == 0));
            }
        }
        return Optional.empty();
    }
}
