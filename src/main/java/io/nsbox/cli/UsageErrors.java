package io.nsbox.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on standard error what is wrong with a command line, what was probably meant, and how it goes. */
final class UsageErrors {
    private static final Pattern CHOICE = Pattern.compile(": expected one of \\[(.*)] \\(case-insensitive\\) but was ");

    private UsageErrors() {}

    /** Prints the message and the usage, and returns the status to end with. */
    static int print(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        StringWriter usage = new StringWriter();
        if (command.getParent() == null) {
            command.usage(new PrintWriter(usage, true));
        } else {
            usage.append("Usage: ").append(command.getHelp().synopsis(0).stripTrailing());
            usage.append("\n").append(command.getCommandSpec().qualifiedName()).append(" --help tells more.\n");
        }
        PrintWriter err = command.getErr();
        String message = message(failure);
        err.println("nsbox: error: " + message);
        err.print(usage);
        err.flush();
        return ExitStatus.usage(command.getCommandName());
    }

    private static String message(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return unknown(unmatched.getUnmatched().get(0), command);
        }
        // picocli counts the parameters before it looks at what it did not know; a mistyped option is the likelier
        // cause.
        Optional<String> option = failure instanceof MissingParameterException
                ? command.getUnmatchedArguments().stream()
                        .filter(word -> word.startsWith("-"))
                        .findFirst()
                : Optional.empty();
        return option.map(word -> unknown(word, command))
                .orElseGet(() -> picoclisOwn(String.valueOf(failure.getMessage())));
    }

    private static String unknown(String argument, CommandLine command) {
        List<String> known;
        String what;
        if (argument.startsWith("-") && argument.length() > 1) {
            what = "unknown option";
            known = List.copyOf(command.getCommandSpec().optionsMap().keySet());
        } else {
            known = List.copyOf(command.getSubcommands().keySet());
            what = known.isEmpty() ? "one argument too many:" : "unknown command";
        }
        Optional<String> near = Nearest.to(argument, known);
        return what + " '" + argument + "'"
                + near.map(word -> "; did you mean '" + word + "'?").orElse("");
    }

    private static String picoclisOwn(String text) {
        String message = text.lines().findFirst().orElse("wrong usage");
        Matcher choice = CHOICE.matcher(message);
        if (choice.find()) {
            String words = choice.group(1).toLowerCase(Locale.ROOT).replace(", ", " or ");
            message = message.substring(0, choice.start()) + ": it is " + words + ", not "
                    + message.substring(choice.end());
        }
        return message.isEmpty() ? "wrong usage" : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
