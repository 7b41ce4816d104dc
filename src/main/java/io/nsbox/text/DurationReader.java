package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations such as {@code 500ms}, {@code 1m30s} and {@code 1d}: whole numbers with units, the longest first. */
public final class DurationReader {
    /** The spelling, which the JSON Schema shares. */
    static final String PATTERN = "^(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$";

    private static final Pattern SPELLING = Pattern.compile(PATTERN);
    private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1000, 1};
    private static final Duration LONGEST = Duration.ofDays(SandboxSpec.LONGEST_DAYS);

    private final Binding binding;

    DurationReader(Binding binding) {
        this.binding = binding;
    }

    /** A duration that may have a minus before it. */
    Optional<Duration> signed(YamlNode node, String path) {
        if (node instanceof Scalar scalar
                && scalar.type() == ScalarType.TEXT
                && scalar.text().startsWith("-")) {
            String rest = scalar.text().substring(1);
            return read(new Scalar(scalar.place(), rest, ScalarType.TEXT, scalar.plain()), path, "-")
                    .map(Duration::negated);
        }
        return read(node, path);
    }

    Optional<Duration> read(YamlNode node, String path) {
        return read(node, path, "");
    }

    private Optional<Duration> read(YamlNode node, String path, String sign) {
        if (node instanceof Scalar scalar && (scalar.type() == ScalarType.INT || scalar.type() == ScalarType.FLOAT)) {
            binding.error(
                    Code.WRONG_TYPE,
                    node,
                    path,
                    "'" + path + "' needs a unit after the number " + Printable.quote(scalar.text()),
                    "write " + scalar.text().replaceFirst("[.].*", "")
                            + "s for seconds; the units are ms, s, m, h and d");
            return Optional.empty();
        }
        Optional<String> text = binding.text(node, path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> duration = parse(text.get());
        if (duration.isEmpty()) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(sign + text.get()) + " is not a duration",
                    "write it as in 500ms, 10s, 1m30s, 2h or 1d");
        } else if (duration.get().compareTo(LONGEST) > 0) {
            // Here, and not by the constraints alone: not every duration has one.
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' is longer than " + SandboxSpec.LONGEST_DAYS + " days",
                    "the longest is " + SandboxSpec.LONGEST_DAYS + "d");
            return Optional.empty();
        }
        return duration;
    }

    /** The duration that a text spells; empty if it spells none. */
    public static Optional<Duration> parse(String text) {
        // The kernel's clocks and the constraint behind this know no more than 18 digits.
        Matcher matcher = SPELLING.matcher(text);
        return text.length() > 64 || !matcher.matches() ? Optional.empty() : Optional.of(duration(matcher));
    }

    /** One that overflows becomes one that is longer than any key admits. */
    private static Duration duration(Matcher matcher) {
        try {
            long millis = 0;
            for (int unit = 0; unit < MILLIS.length; unit++) {
                String part = matcher.group(unit + 1);
                if (part != null) {
                    int unitLength = unit == MILLIS.length - 1 ? 2 : 1;
                    long number = Long.parseLong(part.substring(0, part.length() - unitLength));
                    millis = Math.addExact(millis, Math.multiplyExact(number, MILLIS[unit]));
                }
            }
            return Duration.ofMillis(millis);
        } catch (ArithmeticException | NumberFormatException e) {
            return LONGEST.plusMillis(1);
        }
    }
}
