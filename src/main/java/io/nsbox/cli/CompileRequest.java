package io.nsbox.cli;

import io.nsbox.text.ReadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a command line asks the compiler for.
 *
 * @param file the spec's path as the user typed it
 * @param name the sandbox's name from {@code --name}; {@code null} leaves the spec's own
 * @param overrides {@code key=value} from {@code --set}, in order; validated as the file is
 * @param words the words after {@code --}, which replace the spec's command; {@code null} without {@code --}
 * @param purpose what the answer is for
 * @param registering how the sandbox is to be known to others; {@code null} if it is not
 * @param telling what is told on the way
 */
public record CompileRequest(
        String file,
        @Nullable String name,
        List<String> overrides,
        @Nullable List<String> words,
        Purpose purpose,
        @Nullable Registering registering,
        Set<Telling> telling) {

    /** What is told on standard error while a sandbox is set up. */
    public enum Telling {
        /** How nsbox comes to the launcher. */
        COMPILATION,
        /** Each step of the launcher. */
        STEPS
    }

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
        telling = Set.copyOf(telling);
    }

    /** A request for a sandbox that nobody else is to know. */
    public CompileRequest(
            String file, @Nullable String name, List<String> overrides, @Nullable List<String> words, Purpose purpose) {
        this(file, name, overrides, words, purpose, null, Set.of());
    }

    /** Everything of the command line that goes over what the file says, but the command. */
    List<String> settings() {
        List<String> settings = new ArrayList<>(overrides);
        if (name != null) {
            settings.add(ReadOptions.textSetting("name", name));
        }
        return settings;
    }

    /** The request of a bare {@code up FILE}. */
    public static CompileRequest plain(String file) {
        return new CompileRequest(file, null, List.of(), null, Purpose.RUN);
    }

    /** Whether this is a bare {@code up FILE}, the one form whose image is found again by the spec's path. */
    public boolean isPlain() {
        return name == null
                && overrides.isEmpty()
                && words == null
                && registering == null
                && purpose == Purpose.RUN
                && !telling.contains(Telling.STEPS);
    }
}
