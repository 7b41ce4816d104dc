package io.nsbox.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nsbox completion}: prints what teaches a shell to complete nsbox's commands and options. */
@Command(
        name = "completion",
        header = "Print the completion script for a shell.",
        description = {
            "bash: source <(nsbox completion bash)",
            "zsh:  source <(nsbox completion zsh), after compinit; or keep it as _nsbox in a folder of $fpath"
        })
final class CompletionCommand implements Callable<Integer> {
    /** The shells that are known. */
    enum Shell {
        BASH,
        ZSH
    }

    private final Console console;

    @Spec
    private @Nullable CommandSpec command;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell = Shell.BASH;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine root = Objects.requireNonNull(command).root().commandLine();
        console.out()
                .print(
                        switch (shell) {
                            case BASH -> BashCompletion.of(root);
                            case ZSH -> ZshCompletion.of(root);
                        });
        return ExitStatus.OK;
    }
}
