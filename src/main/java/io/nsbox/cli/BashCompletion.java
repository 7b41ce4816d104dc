package io.nsbox.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes a completion script for bash: picocli's, and the names of sandboxes where a command takes them. */
final class BashCompletion {
    private BashCompletion() {}

    /** The whole script, to be sourced. */
    static String of(CommandLine root) {
        StringBuilder one = new StringBuilder();
        StringBuilder many = new StringBuilder();
        for (Map.Entry<String, CommandLine> command : root.getSubcommands().entrySet()) {
            SandboxNames.takenBy(command.getValue())
                    .ifPresent(names -> (names == SandboxNames.Taken.ONE ? one : many)
                            .append(one.length() + many.length() == 0 ? "" : "|")
                            .append(command.getKey()));
        }
        return AutoComplete.bash("nsbox", root)
                + SandboxNames.SHELL_FUNCTION
                + """

                function _complete_nsbox_and_names() {
                  _complete_nsbox "$@"
                  local before=("${COMP_WORDS[@]:1:COMP_CWORD-1}") word names=0 given=0
                  [[ ${before[0]} =~ ^(ONE)$ ]] && names=1
                  [[ ${before[0]} =~ ^(MANY)$ ]] && names=many
                  for word in "${before[@]:1}"; do
                    case $word in --) return ;; -*) ;; *) given=1 ;; esac
                  done
                  [[ $names == many || $names == 1 && $given == 0 ]] || return
                  COMPREPLY+=($(compgen -W "$(_nsbox_sandboxes)" -- "${COMP_WORDS[COMP_CWORD]}"))
                }

                complete -F _complete_nsbox_and_names -o default nsbox
                """.replace("ONE", one).replace("MANY", many.toString().replaceFirst("^[|]", ""));
    }
}
