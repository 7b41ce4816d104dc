package io.nsbox.cli;

import io.nsbox.cli.CompileRequest.Purpose;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nsbox plan}: prints what {@code up} would do. */
@Command(
        name = "plan",
        header = "Print what up would do, step by step.",
        description =
                "Prints the steps of FILE in order, each with the line of the spec that caused it. Nothing is done.")
final class PlanCommand implements Callable<Integer> {
    /** How much of a plan is shown. */
    enum Detail {
        /** The steps. */
        STEPS,
        /** The system calls of each step too. */
        SYSCALLS
    }

    /** How a plan is written. */
    enum Format {
        TEXT,
        JSON
    }

    /**
     * What is printed, and how.
     *
     * @param missing whether the targets of mounts are supposed to be missing
     */
    record View(Detail detail, Format format, boolean missing) {
        static final View STEPS = new View(Detail.STEPS, Format.TEXT, false);
    }

    private final Console console;
    private final Compiler compiler;

    @Option(names = "--syscalls", description = "Print each system call that the launcher makes.")
    private boolean syscalls;

    @Option(
            names = "--missing",
            description =
                    "Suppose that the targets of mounts are missing, so that they are made; without it that all are there.")
    private boolean missing;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json; default ${DEFAULT-VALUE}.")
    private Format format = Format.TEXT;

    @Parameters(paramLabel = "FILE", description = "The spec.")
    private String file = "";

    PlanCommand(Console console, Compiler compiler) {
        this.console = console;
        this.compiler = compiler;
    }

    @Override
    public Integer call() {
        CompileRequest request = new CompileRequest(file, null, List.of(), null, Purpose.SHOW);
        Detail detail = syscalls ? Detail.SYSCALLS : Detail.STEPS;
        return compiler.plan(request, new View(detail, format, missing), console) ? ExitStatus.OK : ExitStatus.PROBLEMS;
    }
}
