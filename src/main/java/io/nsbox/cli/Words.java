package io.nsbox.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The words of a command, as they stand after {@code --}. */
final class Words {
    private Words() {}

    /**
     * Refuses what names no program, as {@code command} of a spec does. The kernel would be asked for the folder of each
     * PATH entry itself, and say that this is no program: a shell variable that was empty is the likely cause.
     */
    static void requireProgram(List<String> words, CommandLine line) {
        if (!words.isEmpty() && words.get(0).isEmpty()) {
            throw new ParameterException(line, "the first word of a command names a program, and this is empty");
        }
    }
}
