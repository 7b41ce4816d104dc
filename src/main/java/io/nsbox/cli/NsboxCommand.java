package io.nsbox.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line; every subcommand is a class of its own and is given the {@link Console}. */
@Command(
        name = "nsbox",
        description = "Runs commands in sandboxes that YAML specs describe.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            UpCommand.class,
            PsCommand.class,
            ExecCommand.class,
            LogsCommand.class,
            InspectCommand.class,
            StopCommand.class,
            KillCommand.class,
            WaitCommand.class,
            RmCommand.class,
            DownCommand.class,
            TopCommand.class,
            StatsCommand.class,
            GcCommand.class,
            ValidateCommand.class,
            PlanCommand.class,
            BuildCommand.class,
            ExportCommand.class,
            SeccompCommand.class,
            DoctorCommand.class,
            InitCommand.class,
            SchemaCommand.class,
            CacheCommand.class,
            CompletionCommand.class,
            InstallCommand.class,
            HelpCommand.class
        },
        versionProvider = Version.class,
        footer = {"", "nsbox COMMAND --help tells more about a command."})
final class NsboxCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    @SuppressWarnings("unused") // picocli sets it and acts on it.
    private boolean version;

    @Override
    public Integer call() {
        CommandSpec spec = Objects.requireNonNull(command);
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
