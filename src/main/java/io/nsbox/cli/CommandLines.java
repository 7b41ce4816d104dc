package io.nsbox.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts the command line together: the commands with what their constructors ask for, and the messages for wrong usage. */
final class CommandLines {
    private CommandLines() {}

    /**
     * The whole command line.
     *
     * @param parts what constructors of commands may ask for, by type
     */
    static CommandLine of(Console console, Object... parts) {
        CommandLine line = new CommandLine(NsboxCommand.class, new PartsFactory(console, parts));
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((failure, arguments) -> refuse(failure));
        line.setExecutionExceptionHandler(
                (failure, command, result) -> Main.internalError(failure, console, command.getCommandName()));
        return line;
    }

    private static int refuse(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("nsbox: error: " + message(failure));
        boolean root = command.getParent() == null;
        StringWriter usage = new StringWriter();
        if (root) {
            command.usage(new PrintWriter(usage, true));
        } else {
            usage.append("Usage: ").append(command.getHelp().synopsis(0).stripTrailing());
            usage.append("\n").append(command.getCommandSpec().qualifiedName()).append(" --help tells more.\n");
        }
        err.print(usage);
        err.flush();
        return ExitStatus.usage(command.getCommandName());
    }

    private static String message(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            String message =
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
            return message.isEmpty() ? "wrong usage" : Character.toLowerCase(message.charAt(0)) + message.substring(1);
        }
        String argument = unmatched.getUnmatched().get(0);
        CommandLine command = unmatched.getCommandLine();
        boolean option = argument.startsWith("-") && argument.length() > 1;
        boolean takesCommands = !command.getSubcommands().isEmpty();
        String what = option ? "unknown option" : takesCommands ? "unknown command" : "one argument too many:";
        List<String> known = option
                ? command.getCommandSpec().optionsMap().keySet().stream().toList()
                : takesCommands ? command.getSubcommands().keySet().stream().toList() : List.of();
        Optional<String> near = Nearest.to(argument, known);
        return what + " '" + argument + "'"
                + near.map(word -> "; did you mean '" + word + "'?").orElse("");
    }

    /** Makes a command by the constructor all of whose parameters are at hand. */
    private record PartsFactory(Console console, Object[] parts) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                Optional<Object[]> arguments = arguments(constructor.getParameterTypes());
                if (arguments.isPresent() && arguments.get().length > 0) {
                    return type.cast(constructor.newInstance(arguments.get()));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }

        private Optional<Object[]> arguments(Class<?>[] types) {
            Object[] arguments = new Object[types.length];
            for (int i = 0; i < types.length; i++) {
                Class<?> wanted = types[i];
                Optional<Object> part = wanted.isInstance(console)
                        ? Optional.of(console)
                        : Arrays.stream(parts).filter(wanted::isInstance).findFirst();
                if (part.isEmpty()) {
                    return Optional.empty();
                }
                arguments[i] = part.get();
            }
            return Optional.of(arguments);
        }
    }
}
