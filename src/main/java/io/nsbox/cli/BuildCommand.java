package io.nsbox.cli;

import io.nsbox.cli.CompileRequest.Purpose;
import io.nsbox.cli.Compiler.Architecture;
import io.nsbox.launch.ExecutableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nsbox build}: keeps a launcher as a file of its own. */
@Command(
        name = "build",
        header = "Write the launcher of a spec as an executable of its own.",
        description = "Compiles FILE to a static executable that needs no Java, no nsbox and no libc where it runs. "
                + "The same spec, nsbox version and architecture give the same bytes.")
final class BuildCommand implements Callable<Integer> {
    private final Console console;
    private final Compiler compiler;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "The executable to write; a file that is there is replaced.")
    private String output = "";

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "The processor it is for: x86_64 or aarch64; default this machine's.")
    private @Nullable Architecture architecture;

    @Parameters(paramLabel = "FILE", description = "The spec.")
    private String file = "";

    BuildCommand(Console console, Compiler compiler) {
        this.console = console;
        this.compiler = compiler;
    }

    @Override
    public Integer call() {
        CompileRequest request = new CompileRequest(file, null, List.of(), null, Purpose.KEEP);
        Optional<byte[]> image = compiler.compile(request, architecture, console);
        if (image.isEmpty()) {
            return ExitStatus.PROBLEMS;
        }
        if (output.isEmpty()) {
            return refuse("the name is empty");
        }
        Path target;
        try {
            target = console.workingDirectory().resolve(output);
        } catch (InvalidPathException e) {
            return refuse(String.valueOf(e.getReason()));
        }
        if (Files.isDirectory(target)) {
            return refuse("it is a folder; give the name of a file");
        }
        try {
            ExecutableFile.write(target, image.get(), "rwxr-xr-x");
        } catch (IOException e) {
            return refuse(ExecutableFile.reason(e));
        }
        return ExitStatus.OK;
    }

    private int refuse(String reason) {
        console.err().println("nsbox: error: cannot write " + (output.isEmpty() ? "''" : output) + ": " + reason);
        return ExitStatus.PROBLEMS;
    }
}
