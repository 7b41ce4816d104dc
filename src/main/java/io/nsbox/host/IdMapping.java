package io.nsbox.host;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of {@code /proc/self/uid_map} or {@code gid_map} (user_namespaces(7)).
 *
 * @param inside first id in the caller's user namespace
 * @param outside first id in the user namespace above it
 * @param count how many ids follow each other
 */
public record IdMapping(long inside, long outside, long count) {

    /** The map of the initial user namespace: every id, as it is. */
    static final IdMapping EVERYTHING = new IdMapping(0, 0, 0xffff_ffffL);

    /** The lines of a map; what is not a line of three numbers is passed over. */
    static List<IdMapping> parse(List<String> lines) {
        List<IdMapping> map = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.strip().split("\\s+");
            try {
                if (fields.length == 3) {
                    map.add(new IdMapping(
                            Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2])));
                }
            } catch (NumberFormatException notAMapLine) {
                continue;
            }
        }
        return List.copyOf(map);
    }

    /** Whether the caller's user namespace has all ids of this range. */
    boolean covers(SubIdRange range) {
        return inside <= range.start() && range.end() <= inside + count;
    }
}
