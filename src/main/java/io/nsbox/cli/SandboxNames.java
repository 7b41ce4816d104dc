package io.nsbox.cli;

import picocli.CommandLine.Model.PositionalParamSpec;

/** Names of sandboxes as shells complete them: without Java, which would take longer than a person waits for. */
final class SandboxNames {
    /** Prints the names, one in a line; where they are kept is what {@link StateFolder} says. */
    static final String SHELL_FUNCTION = """
            _nsbox_sandboxes() {
              local folder lock
              if [ "$EUID" -eq 0 ]; then
                folder=/run/nsbox
              else
                case ${XDG_RUNTIME_DIR-} in
                  /*) folder=$XDG_RUNTIME_DIR/nsbox ;;
                  *)
                    case ${XDG_CACHE_HOME-} in
                      /*) folder=$XDG_CACHE_HOME/nsbox/run ;;
                      *) folder=${HOME-}/.cache/nsbox/run ;;
                    esac
                    ;;
                esac
              fi
              find "$folder" -mindepth 2 -maxdepth 2 -name lock 2>/dev/null | while IFS= read -r lock; do
                lock=${lock%/lock}
                printf '%s\\n' "${lock##*/}"
              done
            }
            """;

    private SandboxNames() {}

    /** Whether a parameter is a sandbox's name. */
    static boolean isName(PositionalParamSpec parameter) {
        return parameter.paramLabel().equals("NAME");
    }
}
