package io.nsbox.plan;

import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A line of an id map, in which the caller's own id may stand for a number that only the launcher knows.
 *
 * @param inside first id inside; empty is the caller's own
 * @param outside first id outside; empty is the caller's own
 * @param count how many ids follow each other
 */
record IdMapLine(OptionalLong inside, OptionalLong outside, long count) {

    /** The lines that a map of the spec stands for; {@code subordinate} are the caller's ranges, for {@code auto}. */
    static List<IdMapLine> of(IdMap map, List<IdRange> subordinate) {
        if (map instanceof IdMap.Ranges given) {
            return given.ranges().stream().map(IdMapLine::of).toList();
        }
        return switch ((IdMap.Keyword) map) {
            case ROOT -> List.of(new IdMapLine(OptionalLong.of(0), OptionalLong.empty(), 1));
            case KEEP_ID -> List.of(new IdMapLine(OptionalLong.empty(), OptionalLong.empty(), 1));
            case AUTO -> {
                List<IdMapLine> lines = new ArrayList<>(of(IdMap.Keyword.ROOT, subordinate));
                subordinate.forEach(range -> lines.add(of(range)));
                yield List.copyOf(lines);
            }
        };
    }

    private static IdMapLine of(IdRange range) {
        return new IdMapLine(OptionalLong.of(range.inside()), OptionalLong.of(range.outside()), range.count());
    }

    /** The line as the kernel reads it, with the caller's id as {@code <uid>} or {@code <gid>}. */
    String text(IdKind kind) {
        return text(inside, kind) + " " + text(outside, kind) + " " + count;
    }

    private static String text(OptionalLong id, IdKind kind) {
        return id.isPresent() ? Long.toString(id.getAsLong()) : "<" + kind.word() + ">";
    }
}
