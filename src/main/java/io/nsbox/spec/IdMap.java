package io.nsbox.spec;

import java.util.List;

/** How user or group ids inside relate to ids outside: a keyword, or the ranges themselves. */
public sealed interface IdMap permits IdMap.Keyword, IdMap.Ranges {

    /** A map that follows from who the caller is. */
    enum Keyword implements IdMap {
        /** The caller is 0 inside. */
        ROOT,
        /** The caller keeps its id. */
        KEEP_ID,
        /** The caller is 0, and its whole range of /etc/subuid or /etc/subgid follows from 1. */
        AUTO;

        /** The word that a spec uses. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /** The lines of the map, in the spec's order; at most 340 (user_namespaces(7)). */
    record Ranges(List<IdRange> ranges) implements IdMap {
        public Ranges {
            ranges = List.copyOf(ranges);
        }
    }
}
