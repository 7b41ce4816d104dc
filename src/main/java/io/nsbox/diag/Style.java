package io.nsbox.diag;

/** How the parts of a message stand out: by colour on a terminal, not at all elsewhere. */
public enum Style {
    /** No escape sequence at all. */
    PLAIN,
    /** The eight colours that every terminal has (ECMA-48, select graphic rendition). */
    COLOUR;

    private static final String BOLD = "1";
    private static final String BOLD_RED = "1;31";
    private static final String BOLD_YELLOW = "1;33";
    private static final String BOLD_CYAN = "1;36";
    private static final String BLUE = "34";

    /** The style for a stream that may be coloured or not. */
    public static Style colour(boolean allowed) {
        return allowed ? COLOUR : PLAIN;
    }

    String severity(Severity severity) {
        String colour = switch (severity) {
            case ERROR -> BOLD_RED;
            case WARNING -> BOLD_YELLOW;
            case NOTE -> BOLD_CYAN;
        };
        return paint(colour, severity.word());
    }

    String message(String text) {
        return paint(BOLD, text);
    }

    String margin(String text) {
        return paint(BLUE, text);
    }

    String mark(String text) {
        return paint(BOLD_RED, text);
    }

    private String paint(String colour, String text) {
        return this == PLAIN ? text : "\u001b[" + colour + "m" + text + "\u001b[0m";
    }
}
