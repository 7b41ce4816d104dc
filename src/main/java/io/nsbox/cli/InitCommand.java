package io.nsbox.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nsbox init}: writes a commented spec to start from. */
@Command(
        name = "init",
        header = "Write a commented spec to start from.",
        description = "Writes FILE, which must not exist; '-' stands for standard output.")
final class InitCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    private final Console console;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = "--template",
            paramLabel = "NAME",
            defaultValue = Templates.DEFAULT,
            completionCandidates = Templates.Candidates.class,
            description = "Which spec to write; --list names them. Default: ${DEFAULT-VALUE}.")
    private String template = Templates.DEFAULT;

    @Option(names = "--list", description = "List the templates and write nothing.")
    private boolean list;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = "sandbox.yaml",
            description = "The file to write. Default: ${DEFAULT-VALUE}.")
    private String file = "sandbox.yaml";

    InitCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (list) {
            for (String name : Templates.NAMES) {
                console.out().println(String.format(Locale.ROOT, "%-10s %s", name, Templates.title(name)));
            }
            console.out().flush();
            return ExitStatus.OK;
        }
        if (!Templates.NAMES.contains(template)) {
            throw new ParameterException(
                    java.util.Objects.requireNonNull(command).commandLine(),
                    "no template is called '" + template + "'; they are " + String.join(", ", Templates.NAMES));
        }
        String text = Templates.text(template);
        if (file.equals(STANDARD_OUTPUT)) {
            console.out().print(text);
            console.out().flush();
            return ExitStatus.OK;
        }
        return write(text);
    }

    private int write(String text) {
        if (file.isEmpty()) {
            return refuse("the name is empty");
        }
        try {
            Path path = console.workingDirectory().resolve(file);
            Files.write(
                    path,
                    text.getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            return refuse("it exists already; give another name, or remove it first");
        } catch (NoSuchFileException e) {
            return refuse("its folder does not exist");
        } catch (IOException e) {
            String reason = e instanceof java.nio.file.FileSystemException f && f.getReason() != null
                    ? f.getReason()
                    : "permission denied";
            return refuse(reason);
        } catch (InvalidPathException e) {
            return refuse(e.getReason());
        }
        console.out().println("wrote " + file + "; next: nsbox up " + file);
        console.out().flush();
        return ExitStatus.OK;
    }

    private int refuse(String reason) {
        console.err().println("nsbox: error: cannot write " + (file.isEmpty() ? "''" : file) + ": " + reason);
        return ExitStatus.PROBLEMS;
    }
}
