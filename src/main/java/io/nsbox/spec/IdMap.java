package io.nsbox.spec;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Locale;

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
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The lines of the map, in the spec's order; at most 340 (user_namespaces(7)). */
    record Ranges(@Size(min = 1, max = MOST) List<@Valid IdRange> ranges) implements IdMap {
        /** UID_GID_MAP_MAX_EXTENTS of the kernel (user_namespaces(7)). */
        public static final int MOST = 340;

        public Ranges {
            ranges = List.copyOf(ranges);
        }
    }
}
