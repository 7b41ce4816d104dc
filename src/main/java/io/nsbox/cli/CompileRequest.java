package io.nsbox.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command line asks the compiler for.
 *
 * @param file the spec's path as the user typed it
 * @param name the sandbox's name from {@code --name}; {@code null} leaves the spec's own
 * @param overrides {@code key=value} from {@code --set}, in order; validated as the file is
 * @param words the words after {@code --}, which replace the spec's command; {@code null} without {@code --}
 * @param purpose what the answer is for
 */
public record CompileRequest(
        String file,
        @Nullable String name,
        List<String> overrides,
        @Nullable List<String> words,
        Purpose purpose) {

    /** What an image, or a plan, is made for. */
    public enum Purpose {
        /** To be run here and now, and again from the cache: it proves its inputs before it does anything. */
        RUN,
        /** To be printed, not run. */
        SHOW,
        /** To be kept as a file of its own, which needs nothing of this machine. */
        KEEP
    }

    public CompileRequest {
        overrides = List.copyOf(overrides);
        words = words == null ? null : List.copyOf(words);
    }

    /** The request of a bare {@code up FILE}. */
    public static CompileRequest plain(String file) {
        return new CompileRequest(file, null, List.of(), null, Purpose.RUN);
    }

    /** Whether this is a bare {@code up FILE}, the one form whose image is found again by the spec's path. */
    public boolean isPlain() {
        return name == null && overrides.isEmpty() && words == null && purpose == Purpose.RUN;
    }
}
