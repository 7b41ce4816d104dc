package io.nsbox.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ranges of subordinate ids that a user owns, in the order of the files.
 *
 * @param uids from {@code /etc/subuid}
 * @param gids from {@code /etc/subgid}
 */
public record SubIdRanges(List<SubIdRange> uids, List<SubIdRange> gids) {

    /** Where ranges of user ids come from. */
    public static final String UIDS = "/etc/subuid";

    /** Where ranges of group ids come from; its owners are users too (subgid(5)). */
    public static final String GIDS = "/etc/subgid";

    public SubIdRanges {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
    }

    /** The ranges of this user, whether the files name the user by login name (if known) or by number. */
    public static Reading<SubIdRanges> read(HostTree tree, long uid, Optional<String> name) {
        Optional<HostFile> uids = tree.read(UIDS);
        Optional<HostFile> gids = tree.read(GIDS);
        List<HostFile> files = new ArrayList<>();
        List<SubIdRange> uidRanges = ranges(uids, uid, name, files);
        List<SubIdRange> gidRanges = ranges(gids, uid, name, files);
        return new Reading<>(new SubIdRanges(uidRanges, gidRanges), files);
    }

    private static List<SubIdRange> ranges(
            Optional<HostFile> file, long uid, Optional<String> name, List<HostFile> files) {
        if (file.isEmpty()) {
            return List.of();
        }
        files.add(file.get());
        return SubIdFile.parse(file.get().lines()).of(uid, name);
    }
}
