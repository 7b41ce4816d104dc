package io.nsbox.cli;

import io.nsbox.cli.CompletedArgument.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes a completion script for bash from the model of a command line.
 *
 * <p>The function walks over the words before the cursor as the command line is read: options with their values, commands,
 * parameters. Where it offers nothing, bash completes the names of files.
 */
final class BashCompletion {
    private static final String WALK = """
            _nsbox_complete() {
              local at=nsbox option= given=0 word commands= options= valued= parameter= more= nothing= words=
              local current=${COMP_WORDS[COMP_CWORD]}
              COMPREPLY=()
              # bash takes --format=text apart at the equals sign.
              [[ $current != = ]] || current=
              _nsbox_describe
              for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                if [[ $word == = ]]; then
                  continue
                elif [[ -n $option ]]; then
                  option=
                elif [[ $word == -- ]]; then
                  return 0
                elif [[ " $valued " == *" $word "* ]]; then
                  option=$word
                elif [[ $word == -* ]]; then
                  continue
                elif [[ " $commands " == *" $word "* ]]; then
                  at+=_$word
                  _nsbox_describe
                else
                  given=1
                fi
              done
              if [[ -n $option ]]; then
                _nsbox_values
              elif [[ $current == -* ]]; then
                words=$options
              elif [[ -n $commands ]]; then
                words=$commands
              elif [[ $given == 0 || -n $more ]]; then
                words=$parameter
                [[ $words != '<sandboxes>' ]] || words=$(_nsbox_sandboxes)
              fi
              [[ -z $nothing ]] || compopt +o default 2>/dev/null
              COMPREPLY=($(compgen -W "$words" -- "$current"))
            }

            complete -F _nsbox_complete -o default nsbox
            """;

    private BashCompletion() {}

    /** The whole script, to be sourced. */
    static String of(CommandLine root) {
        List<String> descriptions = new ArrayList<>();
        List<String> values = new ArrayList<>();
        describe("nsbox", root, descriptions, values);
        return "# bash completion for nsbox: to be sourced, or put into share/bash-completion/completions as nsbox.\n\n"
                + SandboxNames.SHELL_FUNCTION
                + "\n# What there is at the command $at.\n_nsbox_describe() {\n"
                + "  commands= options= valued= parameter= more=\n  case $at in\n"
                + String.join("", descriptions)
                + "  esac\n}\n\n# What the option $option takes.\n_nsbox_values() {\n  case $at:$option in\n"
                + String.join("", values)
                + "  esac\n}\n\n"
                + WALK;
    }

    private static void describe(String at, CommandLine command, List<String> descriptions, List<String> values) {
        List<String> options = new ArrayList<>();
        List<String> valued = new ArrayList<>();
        for (OptionSpec option : command.getCommandSpec().options()) {
            options.addAll(List.of(option.names()));
            if (option.arity().max() > 0) {
                valued.addAll(List.of(option.names()));
                values(at, option, command, values);
            }
        }
        StringBuilder line = new StringBuilder("    " + at + ")\n");
        Map<String, CommandLine> subcommands = command.getSubcommands();
        set(line, "commands", String.join(" ", subcommands.keySet()));
        set(line, "options", String.join(" ", options));
        set(line, "valued", String.join(" ", valued));
        command.getCommandSpec().positionalParameters().stream().findFirst().ifPresent(first -> {
            set(line, "parameter", words(first, command));
            set(line, "more", first.arity().max() > 1 ? "1" : "");
        });
        descriptions.add(line.append("      ;;\n").toString());
        subcommands.forEach((word, subcommand) -> describe(at + "_" + word, subcommand, descriptions, values));
    }

    private static void set(StringBuilder line, String variable, String value) {
        if (!value.isEmpty()) {
            line.append("      ").append(variable).append("='").append(value).append("'\n");
        }
    }

    private static String words(PositionalParamSpec parameter, CommandLine command) {
        CompletedArgument offered = CompletedArgument.of(parameter, command);
        return offered.kind() == Kind.SANDBOXES ? "<sandboxes>" : String.join(" ", offered.words());
    }

    private static void values(String at, OptionSpec option, CommandLine command, List<String> values) {
        CompletedArgument offered = CompletedArgument.of(option, command);
        if (offered.kind() == Kind.FILES) {
            return;
        }
        List<String> names =
                List.of(option.names()).stream().map(name -> at + ":" + name).toList();
        String offer = offered.kind() == Kind.WORDS ? "words='" + String.join(" ", offered.words()) + "'" : "nothing=1";
        values.add("    " + String.join(" | ", names) + ") " + offer + " ;;\n");
    }
}
