package io.nsbox.text;

import java.util.List;
import java.util.Optional;

/**
 * How a spec is read.
 *
 * @param settings {@code KEY=VALUE} settings that go over the file's, in order; values are YAML
 * @param command words that replace the file's command; empty keeps it
 * @param commandRequired whether a spec without any command is an error; else it is a warning
 * @param home the caller's home, as the variable HOME has it: what {@code ~/} stands for
 */
public record ReadOptions(List<String> settings, List<String> command, boolean commandRequired, Optional<String> home) {
    /** The file as it stands; a command may be missing. */
    public static final ReadOptions DEFAULT = new ReadOptions(List.of(), List.of(), false);

    /** Options for a caller without a home. */
    public ReadOptions(List<String> settings, List<String> command, boolean commandRequired) {
        this(settings, command, commandRequired, Optional.empty());
    }

    public ReadOptions {
        settings = List.copyOf(settings);
        command = List.copyOf(command);
    }

    /** The same for a caller with this home. */
    public ReadOptions withHome(Optional<String> home) {
        return new ReadOptions(settings, command, commandRequired, home);
    }

    /** A setting whose value is taken as text, whatever YAML would make of it. */
    public static String textSetting(String key, String text) {
        return key + "='" + text.replace("'", "''") + "'";
    }
}
