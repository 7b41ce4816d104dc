package io.nsbox.cli;

import io.nsbox.cli.CompileRequest.Purpose;
import io.nsbox.cli.CompileRequest.Telling;
import io.nsbox.spec.Key;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.text.ReadOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nsbox up}: compiles a spec and hands its launcher over to be run. */
@Command(
        name = "up",
        customSynopsis =
                "nsbox up [-dhv] [--dry-run] [--name=NAME] [--report=FILE] [--set=KEY=VALUE]... [--trace] FILE "
                        + "[-- WORDS...]",
        header = "Run a command in the sandbox that a spec describes.",
        description = {
            "Compiles FILE to a launcher, keeps it in the cache, and runs it. Words after -- replace the spec's command.",
            "",
            "The exit status is the command's own; 128+n if signal n ended it; 124 if the spec's time limit ran out; "
                    + "125 if the sandbox could not be set up; 126 or 127 if the command could not be executed or found."
        })
final class UpCommand implements Callable<Integer> {
    private final Console console;
    private final Compiler compiler;
    private final Launch launch;
    private final StateFolder states;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = {"-d", "--detach"},
            description = "Run in the background: print the sandbox's name once its command runs, and return. "
                    + "What it writes goes to its log, see nsbox logs.")
    private boolean detach;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "Name the sandbox NAME instead of what the spec says, so that nsbox ps and the others find it. "
                            + "A name is given once at a time.")
    private @Nullable String name;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Override a key of the spec; VALUE is YAML and is validated as the file is. May be repeated.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write a report of the run to FILE, as JSON, instead of where the spec says; "
                    + "relative to the working directory. Also where the spec is not valid.")
    private @Nullable String report;

    @Option(
            names = "--trace",
            description = "Tell each step on standard error as it happens: the seconds since the launcher began, "
                    + "those since the line before, the step, and the process that takes it.")
    private boolean trace;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell on standard error how nsbox comes to the launcher: the files that it reads, the number "
                    + "of steps, the launcher's size and place.")
    private boolean verbose;

    @Option(names = "--dry-run", description = "Print the plan and stop before anything is done.")
    private boolean dryRun;

    @Parameters(index = "0", paramLabel = "FILE", description = "The spec.")
    private String file = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "WORDS",
            description = "After --: the command to run instead of the spec's.")
    private List<String> words = new ArrayList<>();

    UpCommand(Console console, Compiler compiler, Launch launch, StateFolder states) {
        this.states = states;
        this.console = console;
        this.compiler = compiler;
        this.launch = launch;
    }

    @Override
    public Integer call() {
        CommandSpec spec = Objects.requireNonNull(command);
        List<String> typed = spec.commandLine().getParseResult().originalArgs();
        int separator = typed.indexOf("--");
        int afterSeparator = separator < 0 ? 0 : typed.size() - separator - 1;
        if (words.size() > afterSeparator) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + words.get(0)
                            + "' is one argument too many; the words of a command go after --, as in: nsbox up " + file
                            + " -- " + words.get(0));
        }
        for (String override : overrides) {
            if (override.indexOf('=') < 1) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--set takes KEY=VALUE, as in --set hostname=blue, and not '" + override + "'");
            }
        }
        Words.requireProgram(words, spec.commandLine());
        if (name != null && !name.matches(SandboxSpec.NAME_PATTERN)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--name takes a letter or digit, then up to 62 letters, digits, '_', '.' or '-', and not '" + name
                            + "'");
        }
        @Nullable Registering registering;
        try {
            registering = dryRun ? null : registering();
        } catch (StateException e) {
            console.err().println("nsbox: error: " + e.getMessage());
            return ExitStatus.SETUP;
        }
        List<String> settings = new ArrayList<>(overrides);
        Optional<Path> reportFile = Optional.ofNullable(report)
                .map(path -> console.workingDirectory().resolve(path));
        reportFile.ifPresent(path -> settings.add(ReadOptions.textSetting(Key.REPORT.word(), path.toString())));
        Purpose purpose = dryRun ? Purpose.SHOW : Purpose.RUN;
        CompileRequest request = new CompileRequest(
                file, name, settings, words.isEmpty() ? null : words, purpose, registering, telling());
        if (dryRun) {
            boolean fine = compiler.plan(request, PlanCommand.View.STEPS, console);
            return fine ? ExitStatus.OK : ExitStatus.SETUP;
        }
        try {
            int status = Launch.compileAndRun(request, console, compiler, launch);
            if (status == ExitStatus.SETUP && reportFile.isPresent()) {
                // No launcher lives to write it.
                FailedReport.write(reportFile.get(), console);
            }
            return status;
        } catch (StateException e) {
            console.err().println("nsbox: error: " + e.getMessage());
            return ExitStatus.SETUP;
        }
    }

    private Set<Telling> telling() {
        Set<Telling> telling = EnumSet.noneOf(Telling.class);
        if (verbose) {
            telling.add(Telling.COMPILATION);
        }
        if (trace) {
            telling.add(Telling.STEPS);
        }
        return telling;
    }

    private @Nullable Registering registering() {
        return detach || name != null ? new Registering(states.sandboxes(), detach, states.help()) : null;
    }
}
