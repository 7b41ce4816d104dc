package io.nsbox.spec;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, as specs write it: {@code 64k}, {@code 512m}, {@code 2g}, {@code 64MiB}, {@code 1048576}.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {
    /** What {@link #parse} takes: digits and a unit; all units are binary. */
    public static final String PATTERN = "[0-9]{1,19}([kKmMgGtT]([iI]?[bB])?|[bB])?";

    private static final Pattern SPELLING = Pattern.compile("([0-9]{1,19})(?:([kKmMgGtT])(?:[iI]?[bB])?|[bB])?");
    private static final String UNITS = "kmgt";

    /** The size that is written so; nothing if it is no size, or more than 63 bits hold. */
    public static Optional<ByteSize> parse(String text) {
        Matcher matcher = SPELLING.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : 10 * (UNITS.indexOf(unit.toLowerCase(Locale.ROOT)) + 1);
        BigInteger bytes = new BigInteger(matcher.group(1)).shiftLeft(shift);
        return bytes.bitLength() > 63 ? Optional.empty() : Optional.of(new ByteSize(bytes.longValue()));
    }
}
