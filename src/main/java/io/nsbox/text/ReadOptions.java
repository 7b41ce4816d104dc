package io.nsbox.text;

import java.util.List;

/**
 * How a spec is read.
 *
 * @param settings {@code KEY=VALUE} settings that go over the file's, in order; values are YAML
 * @param command words that replace the file's command; empty keeps it
 * @param commandRequired whether a spec without any command is an error; else it is a warning
 */
public record ReadOptions(List<String> settings, List<String> command, boolean commandRequired) {
    /** The file as it stands; a command may be missing. */
    public static final ReadOptions DEFAULT = new ReadOptions(List.of(), List.of(), false);

    public ReadOptions {
        settings = List.copyOf(settings);
        command = List.copyOf(command);
    }

    /** A setting whose value is taken as text, whatever YAML would make of it. */
    public static String textSetting(String key, String text) {
        return key + "='" + text.replace("'", "''") + "'";
    }
}
