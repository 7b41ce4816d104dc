package io.nsbox.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lines of {@code /etc/subuid} or {@code /etc/subgid} that mean something, read as shadow-utils reads them:
 * exactly three fields that are not empty, numbers as strtoul(3) takes them in base 0, a line of less than 1,024 bytes;
 * any other line is passed over in silence.
 */
record SubIdFile(List<Line> lines) {

    /** A range and the login name or uid that owns it. */
    record Line(String owner, SubIdRange range) {}

    private static final int LONGEST_LINE = 1023;

    /** Where ranges usually begin (SUB_UID_MIN of login.defs(5)). */
    private static final long FIRST_SUB_ID = 100_000;

    SubIdFile {
        lines = List.copyOf(lines);
    }

    static SubIdFile parse(List<String> text) {
        List<Line> lines = new ArrayList<>();
        for (String line : text) {
            String[] fields = line.split(":", -1);
            if (line.length() > LONGEST_LINE || fields.length != 3 || fields[0].isEmpty()) {
                continue;
            }
            Optional<SubIdRange> range = SubIdRange.of(number(fields[1]), number(fields[2]));
            if (range.isPresent()) {
                lines.add(new Line(fields[0], range.get()));
            }
        }
        return new SubIdFile(lines);
    }

    /**
     * What this user owns, by name or by number, in file order. A range that overlaps an earlier one is left out:
     * the kernel takes no map whose lines overlap (user_namespaces(7)).
     */
    List<SubIdRange> of(long uid, Optional<String> name) {
        List<SubIdRange> ranges = new ArrayList<>();
        for (Line line : lines) {
            boolean owned =
                    line.owner().equals(Long.toString(uid)) || line.owner().equals(name.orElse(null));
            if (owned && !overlaps(line.range(), ranges)) {
                ranges.add(line.range());
            }
        }
        return ranges;
    }

    private static boolean overlaps(SubIdRange range, List<SubIdRange> others) {
        for (SubIdRange other : others) {
            if (range.overlaps(other)) {
                return true;
            }
        }
        return false;
    }

    /** The first id above all ranges, for a range that is free. */
    long free() {
        long free = FIRST_SUB_ID;
        for (Line line : lines) {
            free = Math.max(free, line.range().end());
        }
        return free;
    }

    private static Optional<Long> number(String field) {
        String digits = field.stripLeading();
        try {
            if (digits.startsWith("0x") || digits.startsWith("0X")) {
                return unsigned(digits.substring(2), 16);
            }
            return digits.length() > 1 && digits.startsWith("0")
                    ? unsigned(digits.substring(1), 8)
                    : unsigned(digits, 10);
        } catch (NumberFormatException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<Long> unsigned(String digits, int radix) {
        // Java would take a second sign here; strtoul has taken its own before the prefix, and ids have none.
        return digits.startsWith("-") || digits.startsWith("+")
                ? Optional.empty()
                : Optional.of(Long.parseLong(digits, radix));
    }
}
