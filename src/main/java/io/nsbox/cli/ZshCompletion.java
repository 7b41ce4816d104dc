package io.nsbox.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes a completion function for zsh (zshcompsys(1)) from the model of a command line. */
final class ZshCompletion {
    private static final String NAMES = """
            _nsbox_names() {
              local -a names
              names=(${(f)"$(_nsbox_sandboxes)"})
              compadd -a names
            }
            """;

    private ZshCompletion() {}

    /** As a file {@code _nsbox} of {@code $fpath} it is the function's body; sourced, it has the function registered. */
    private static final String START = """
            if [[ $funcstack[1] == _nsbox ]]; then
              _nsbox "$@"
            elif (( $+functions[compdef] )); then
              compdef _nsbox nsbox
            else
              print -u2 'nsbox: the completions for zsh come after `autoload -U compinit; compinit`'
            fi
            """;

    /** The whole function file, to be put into a folder of {@code $fpath} under the name {@code _nsbox}, or to be sourced. */
    static String of(CommandLine root) {
        StringBuilder out = new StringBuilder("#compdef nsbox\n\n");
        out.append(SandboxNames.SHELL_FUNCTION).append("\n").append(NAMES).append("\n");
        function(out, "_nsbox", root);
        return out.append(START).toString();
    }

    private static void function(StringBuilder out, String name, CommandLine command) {
        Map<String, CommandLine> subcommands = command.getSubcommands();
        subcommands.forEach((word, subcommand) -> function(out, name + "_" + word, subcommand));
        out.append(name).append("() {\n");
        if (!subcommands.isEmpty()) {
            out.append("  local state\n  local -a commands=(\n");
            subcommands.forEach((word, subcommand) -> out.append("    ")
                    .append(quoted(word + ":" + summary(subcommand)))
                    .append('\n'));
            out.append("  )\n");
        }
        out.append("  _arguments -s -S");
        for (OptionSpec option : command.getCommandSpec().options()) {
            for (String spelled : option.names()) {
                String value =
                        option.arity().max() == 0 ? "" : ":" + option.paramLabel() + ":" + action(option, command);
                String text = spelled + (value.isEmpty() ? "" : equalSign(spelled)) + "[" + plain(option.description())
                        + "]" + value;
                out.append(" \\\n    ").append(quoted((option.isMultiValue() ? "*" : "") + text));
            }
        }
        if (!subcommands.isEmpty()) {
            out.append(" \\\n    '1:command:->command' '*::argument:->argument' && return\n");
            out.append("  case $state in\n    command) _describe command commands ;;\n    argument)\n");
            out.append("      case $words[1] in\n");
            subcommands
                    .keySet()
                    .forEach(word -> out.append("        ")
                            .append(word)
                            .append(") ")
                            .append(name)
                            .append('_')
                            .append(word)
                            .append(" ;;\n"));
            out.append("      esac ;;\n  esac\n");
        } else {
            for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
                String place = parameter.index().max() == parameter.index().min() && !parameter.isMultiValue()
                        ? parameter.index().min() + 1 + ":"
                        : "*:";
                out.append(" \\\n    ")
                        .append(quoted(place + parameter.paramLabel() + ":" + action(parameter, command)));
            }
            out.append('\n');
        }
        out.append("}\n\n");
    }

    private static String equalSign(String option) {
        return option.startsWith("--") ? "=" : "+";
    }

    private static String action(ArgSpec argument, CommandLine command) {
        CompletedArgument offered = CompletedArgument.of(argument, command);
        return switch (offered.kind()) {
            case WORDS -> "(" + String.join(" ", offered.words()) + ")";
            case SANDBOXES -> "_nsbox_names";
            case FILES -> "_files";
            case NOTHING -> " ";
        };
    }

    private static String summary(CommandLine command) {
        String[] header = command.getCommandSpec().usageMessage().header();
        return plain(
                header.length > 0
                        ? header
                        : command.getCommandSpec().usageMessage().description());
    }

    private static String plain(String... description) {
        String text = description.length == 0 ? "" : description[0];
        return text.replaceAll("[\\[\\]:\\\\]", " ")
                .replace("${DEFAULT-VALUE}", "as documented")
                .strip();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
