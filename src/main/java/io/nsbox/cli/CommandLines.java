package io.nsbox.cli;

import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IFactory;

/** Puts the command line together: the commands with what their constructors ask for. */
final class CommandLines {
    private CommandLines() {}

    /**
     * The whole command line.
     *
     * @param parts what constructors of commands may ask for, by type
     */
    static CommandLine of(Console console, Object... parts) {
        List<Object> all = new ArrayList<>(List.of(parts));
        all.add(console);
        CommandLine line = new CommandLine(NsboxCommand.class, new PartsFactory(all));
        addHelp(line);
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((failure, arguments) -> UsageErrors.print(failure));
        line.setExecutionExceptionHandler((failure, command, result) -> failure instanceof StateException told
                ? tell(told, console, command.getCommandName())
                : Main.internalError(failure, console, command.getCommandName()));
        return line;
    }

    private static int tell(StateException told, Console console, String command) {
        console.err().println("nsbox: error: " + told.getMessage());
        return ExitStatus.problems(command);
    }

    private static void addHelp(CommandLine line) {
        if (!line.getCommandSpec().optionsMap().containsKey("--help")) {
            line.addMixin("help", new HelpOption());
        }
        line.getSubcommands().values().forEach(CommandLines::addHelp);
    }

    /** Makes a command by the constructor all of whose parameters are at hand. */
    private record PartsFactory(List<Object> parts) implements IFactory {
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
                Optional<Object> part =
                        parts.stream().filter(wanted::isInstance).findFirst();
                if (part.isEmpty()) {
                    return Optional.empty();
                }
                arguments[i] = part.get();
            }
            return Optional.of(arguments);
        }
    }
}
