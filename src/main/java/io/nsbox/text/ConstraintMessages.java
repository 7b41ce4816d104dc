package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.SandboxSpec;
import java.util.List;

/** What to say about a broken constraint: which value, why, and how to mend it. */
final class ConstraintMessages {
    private ConstraintMessages() {}

    /** A message and its fix. */
    record Text(Code code, String message, String help) {}

    /**
     * The message for a violation.
     *
     * @param written the value as the file spells it
     */
    static Text of(Violation violation, String written) {
        return switch (violation.constraint()) {
            case "Min", "Max" -> range(violation, written);
            case "Spelling" -> spelling(violation);
            case "ByteLength" -> length(violation);
            case "Size" -> ranges(violation);
            case "DurationMin" ->
                new Text(
                        Code.OUT_OF_RANGE,
                        "'" + violation.path() + "' must be longer than 0",
                        "leave the key out for no limit");
            case "DurationMax" ->
                new Text(
                        Code.OUT_OF_RANGE,
                        "'" + violation.path() + "' is longer than " + SandboxSpec.LONGEST_DAYS + " days",
                        "the longest is " + SandboxSpec.LONGEST_DAYS + "d");
            default -> throw new IllegalStateException("a constraint without a message: " + violation.constraint());
        };
    }

    private static Text range(Violation violation, String written) {
        if (violation.path().equals("version")) {
            return new Text(
                    Code.OUT_OF_RANGE,
                    "version " + Printable.cut(written) + " of the language is not known",
                    "this nsbox reads version 1; write version: 1");
        }
        boolean low = violation.constraint().equals("Min");
        return new Text(
                Code.OUT_OF_RANGE,
                "'" + violation.path() + "' is " + Printable.cut(written),
                "it must be " + violation.attributes().get("value") + (low ? " or more" : " or less"));
    }

    private static Text spelling(Violation violation) {
        String value = Printable.quote(String.valueOf(violation.value()));
        return switch (violation.path()) {
            case "name" ->
                new Text(
                        Code.INVALID_VALUE,
                        value + " cannot be a sandbox's name",
                        "a name is a letter or digit, then up to 62 letters, digits, '_', '.' or '-'");
            case "hostname" ->
                new Text(
                        Code.INVALID_VALUE,
                        value + " cannot be a host name",
                        "it is made of letters, digits and inner '-', in parts of up to 63 joined by dots (RFC 1123)");
            case "working_dir" ->
                new Text(
                        Code.INVALID_VALUE,
                        "'working_dir' must be an absolute path, not " + value,
                        "paths inside start with '/'");
            default -> throw new IllegalStateException("a pattern without a message: " + violation.path());
        };
    }

    private static Text length(Violation violation) {
        String text = String.valueOf(violation.value());
        String message = text.isEmpty()
                ? "'" + violation.path() + "' is empty"
                : "'" + violation.path() + "' is too long: "
                        + text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length + " bytes";
        return new Text(
                Code.OUT_OF_RANGE,
                message,
                "the kernel takes " + (text.isEmpty() ? "1 to " : "at most ")
                        + violation.attributes().get("max") + " bytes");
    }

    private static Text ranges(Violation violation) {
        int size = violation.value() instanceof List<?> list ? list.size() : 0;
        if (size == 0) {
            return new Text(
                    Code.MISSING_VALUE,
                    "'" + violation.path() + "' has no ranges",
                    "leave the key out for no map, or write root");
        }
        return new Text(
                Code.OUT_OF_RANGE,
                "'" + violation.path() + "' has " + size + " ranges",
                "the kernel takes at most " + IdMap.Ranges.MOST);
    }
}
