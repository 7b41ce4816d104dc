package io.nsbox.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What a shell offers for an argument.
 *
 * @param kind where the offers come from
 * @param words the offers themselves, if they are known
 */
record CompletedArgument(Kind kind, List<String> words) {
    /** Where offers come from. */
    enum Kind {
        /** A few words that are known. */
        WORDS,
        /** The sandboxes of the moment. */
        SANDBOXES,
        /** The files of the moment. */
        FILES,
        /** Nobody can know. */
        NOTHING
    }

    CompletedArgument {
        words = List.copyOf(words);
    }

    /** What there is for an option's value, or for a parameter, of a command. */
    static CompletedArgument of(ArgSpec argument, CommandLine command) {
        List<String> words = words(argument, command);
        if (!words.isEmpty()) {
            return new CompletedArgument(Kind.WORDS, words);
        }
        if (argument instanceof PositionalParamSpec parameter && SandboxNames.isName(parameter)) {
            return new CompletedArgument(Kind.SANDBOXES, List.of());
        }
        boolean file = argument.isPositional() || List.of("FILE", "OUT", "DIR").contains(argument.paramLabel());
        return new CompletedArgument(file ? Kind.FILES : Kind.NOTHING, List.of());
    }

    private static List<String> words(ArgSpec argument, CommandLine command) {
        List<String> words = new ArrayList<>();
        if (command.getCommandName().equals("help") && argument.isPositional()) {
            words.addAll(command.getParent().getSubcommands().keySet());
        } else if (argument.completionCandidates() != null) {
            boolean constants = argument.typeInfo().isEnum();
            argument.completionCandidates()
                    .forEach(word -> words.add(constants ? word.toLowerCase(Locale.ROOT) : word));
        }
        return words;
    }
}
