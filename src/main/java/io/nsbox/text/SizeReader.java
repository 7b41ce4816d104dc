package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes such as {@code 64k}, {@code 64MiB} and {@code 1048576}: bytes, with binary units in any case. */
final class SizeReader {
    /** The spelling of a size that is text, which the JSON Schema shares. */
    static final String PATTERN = "^[0-9]{1,19}(?:[kKmMgGtT][iI]?[bB]?|[bB])?$";

    private static final Pattern SPELLING = Pattern.compile("([0-9]{1,19})(?:([kmgt])i?b?|b)?");
    private static final String UNITS = "kmgt";
    private static final int LONGEST = 32;

    private final Binding binding;

    SizeReader(Binding binding) {
        this.binding = binding;
    }

    /** A size of at least one byte. */
    Optional<Long> positive(YamlNode node, String path) {
        Optional<Long> size = read(node, path);
        if (size.isPresent() && size.get() == 0) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' must be larger than 0",
                    "for the kernel a size of 0 means no limit");
            return Optional.empty();
        }
        return size;
    }

    /** A number of bytes, 0 to 2^63 - 1. */
    Optional<Long> read(YamlNode node, String path) {
        boolean number = node instanceof Scalar scalar && scalar.type() == ScalarType.INT;
        Optional<String> text = number ? binding.word(node, path) : binding.text(node, path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = SPELLING.matcher(text.get().toLowerCase(Locale.ROOT));
        if (text.get().length() > LONGEST || !matcher.matches()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text.get()) + " is not a size",
                    "write it as in 64k, 512m, 2g, 64MiB or 1048576");
            return Optional.empty();
        }
        Optional<Long> bytes = bytes(matcher);
        if (bytes.isEmpty()) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' is " + Printable.of(text.get()),
                    "it must be less than 8 EiB");
        }
        return bytes;
    }

    private static Optional<Long> bytes(Matcher matcher) {
        int shift = matcher.group(2) == null ? 0 : 10 * (UNITS.indexOf(matcher.group(2)) + 1);
        try {
            return Optional.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
