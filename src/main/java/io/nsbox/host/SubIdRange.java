package io.nsbox.host;

import java.util.Optional;

/**
 * Ids that a user may map into a user namespace: one line of {@code /etc/subuid} or {@code /etc/subgid} (subuid(5)).
 *
 * @param start the first id, 0 to 4294967294
 * @param count how many ids follow each other, from 1
 */
public record SubIdRange(long start, long count) {

    /** One above the largest id: 4294967295 is (uid_t) -1, which is none. */
    static final long LIMIT = 0xffff_ffffL;

    public SubIdRange {
        if (start < 0 || count < 1 || start > LIMIT - count) {
            throw new IllegalArgumentException("not a range of ids: " + start + "+" + count);
        }
    }

    /** One above the last id. */
    public long end() {
        return start + count;
    }

    /** Whether an id is in both. */
    public boolean overlaps(SubIdRange other) {
        return start < other.end() && other.start < end();
    }

    /** Both as a range, if they make one. */
    static Optional<SubIdRange> of(Optional<Long> start, Optional<Long> count) {
        if (start.isEmpty() || count.isEmpty()) {
            return Optional.empty();
        }
        long first = start.get();
        long many = count.get();
        return first >= 0 && many >= 1 && many <= LIMIT && first <= LIMIT - many
                ? Optional.of(new SubIdRange(first, many))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return start + "-" + (end() - 1);
    }
}
