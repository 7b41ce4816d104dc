package io.nsbox.cli;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/** The specs that {@code nsbox init} writes: those of {@code specs/}, and a small one to start from. */
final class Templates {
    /** What {@code init} writes unless another is asked for. */
    static final String DEFAULT = "minimal";

    /** All names, the default first, then from the simple to the whole. */
    static final List<String> NAMES =
            List.of(DEFAULT, "uts", "ipc", "pid", "mount", "pid-mount", "user", "user-root", "network", "time", "all");

    private static final String MODELINE = "# yaml-language-server: $schema=";

    private Templates() {}

    /** The names, as a shell completes them. */
    static final class Candidates implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return NAMES.iterator();
        }
    }

    /** A template's text, with a first line that fits a file anywhere. */
    static String text(String name) throws IOException {
        String packaged = Resources.text("/io/nsbox/templates/" + name + ".yaml");
        String rest = packaged.substring(packaged.indexOf('\n') + 1);
        return MODELINE + "nsbox.schema.json\n"
                + "# (`nsbox schema > nsbox.schema.json` puts it there: editors then complete and check.)\n#\n" + rest;
    }

    /** What a template is about: its first sentence. */
    static String title(String name) throws IOException {
        String packaged = Resources.text("/io/nsbox/templates/" + name + ".yaml");
        return packaged.lines().skip(1).findFirst().orElse("").replaceFirst("^# *", "");
    }
}
