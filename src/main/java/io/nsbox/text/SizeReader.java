package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes such as {@code 64k}, {@code 512m}, {@code 64MiB} and {@code 1048576}: all binary, in any case. */
final class SizeReader {
    /** The spelling, which the JSON Schema shares. */
    static final String PATTERN = "^[0-9]+([bB]|[kKmMgGtT]([iI]?[bB])?)?$";

    private static final Pattern SPELLING = Pattern.compile("([0-9]+)([a-z]?)[a-z]*");
    private static final Pattern WHOLE = Pattern.compile(PATTERN);

    private final Binding binding;

    SizeReader(Binding binding) {
        this.binding = binding;
    }

    /** The bytes; a size beyond 63 bits is reported. */
    Optional<Long> read(YamlNode node, String path) {
        Optional<String> word = binding.word(node, path);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = SPELLING.matcher(word.get().toLowerCase(Locale.ROOT));
        if (!WHOLE.matcher(word.get()).matches() || !matcher.matches()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(word.get()) + " is not a size",
                    "write it as in 1048576, 64k, 512m, 2g or 64MiB");
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(matcher.group(1));
            return Optional.of(Math.multiplyExact(number, 1L << 10 * exponent(matcher.group(2))));
        } catch (ArithmeticException | NumberFormatException e) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    Printable.quote(word.get()) + " is more than the kernel can count",
                    "the largest size is " + Long.MAX_VALUE + " bytes");
            return Optional.empty();
        }
    }

    private static int exponent(String unit) {
        return unit.isEmpty() ? 0 : "bkmgt".indexOf(unit);
    }
}
