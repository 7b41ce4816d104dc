package io.nsbox.text;

import io.nsbox.text.YamlNode.ScalarType;
import java.util.regex.Pattern;

/** What a plain scalar stands for in the core schema of YAML 1.2 (section 10.3.2). */
final class CoreSchema {
    /** What {@code !!} stands for. */
    static final String PREFIX = "tag:yaml.org,2002:";

    private static final Pattern INT = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    private static final Pattern FLOAT = Pattern.compile(
            "[-+]?([.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?[.](inf|Inf|INF)|[.](nan|NaN|NAN)");

    private CoreSchema() {}

    static ScalarType typeOf(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> ScalarType.NULL;
            case "true", "True", "TRUE", "false", "False", "FALSE" -> ScalarType.BOOL;
            default -> numberType(text);
        };
    }

    static boolean isNumber(String text) {
        return numberType(text) != ScalarType.TEXT;
    }

    /** The tag as people write it. */
    static String shortTag(String tag) {
        return tag.startsWith(PREFIX) ? "!!" + tag.substring(PREFIX.length()) : tag;
    }

    private static ScalarType numberType(String text) {
        char first = text.isEmpty() ? ' ' : text.charAt(0);
        // Most words start with a letter: no pattern is asked about those.
        if ((first < '0' || first > '9') && first != '-' && first != '+' && first != '.') {
            return ScalarType.TEXT;
        }
        if (INT.matcher(text).matches()) {
            return ScalarType.INT;
        }
        return FLOAT.matcher(text).matches() ? ScalarType.FLOAT : ScalarType.TEXT;
    }
}
