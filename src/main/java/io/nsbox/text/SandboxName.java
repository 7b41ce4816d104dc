package io.nsbox.text;

import java.nio.file.Path;

/** The name of a sandbox whose spec gives none: the file's name without its ending, made to fit. */
final class SandboxName {
    private static final int LONGEST = 63;
    private static final String LAST_RESORT = "sandbox";

    private SandboxName() {}

    /** What does not fit a name becomes a hyphen; what cannot start one is left out. */
    static String of(Path path) {
        String file = String.valueOf(path.getFileName());
        int dot = file.lastIndexOf('.');
        String stem = dot > 0 ? file.substring(0, dot) : file;
        StringBuilder name = new StringBuilder();
        stem.codePoints().forEach(c -> {
            boolean first = isLetterOrDigit(c);
            if (first || (!name.isEmpty() && (c == '_' || c == '.' || c == '-'))) {
                name.appendCodePoint(c);
            } else if (!name.isEmpty()) {
                name.append('-');
            }
        });
        name.setLength(Math.min(name.length(), LONGEST));
        return name.isEmpty() ? LAST_RESORT : name.toString();
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
