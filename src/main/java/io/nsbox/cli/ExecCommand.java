package io.nsbox.cli;

import io.nsbox.cli.CompileRequest.Purpose;
import io.nsbox.plan.SandboxProcess;
import io.nsbox.spec.Namespace;
import io.nsbox.state.Members;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nsbox exec}: runs one more command in a sandbox that runs. */
@Command(
        name = "exec",
        customSynopsis = "nsbox exec [-hit] NAME -- WORDS...",
        header = "Run one more command in a sandbox that runs.",
        description = {
            "The command gets the sandbox's namespaces, and the ids, groups, capabilities, limits and filters that the spec gives "
                    + "the sandbox's own command, as the spec was when the sandbox was started.",
            "",
            "At a terminal the command gets one of its own. Standard streams that are files or pipes are its own, byte for byte.",
            "",
            "The exit status is the command's own, as with nsbox up."
        })
final class ExecCommand implements Callable<Integer> {
    private final Console console;
    private final Compiler compiler;
    private final Launch launch;
    private final NamedSandboxes sandboxes;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = {"-i", "--interactive"},
            description = "Hand standard input over. That is always done: the option is for who is used to type it.")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Give the command a terminal of its own, also where the spec says tty: false. "
                    + "Standard input and output must be terminals.")
    private boolean tty;

    @Parameters(index = "0", paramLabel = "NAME", description = "The sandbox.")
    private String name = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "WORDS", description = "After --: the command to run.")
    private List<String> words = new ArrayList<>();

    ExecCommand(Console console, Compiler compiler, Launch launch, StateFolder states) {
        this.console = console;
        this.compiler = compiler;
        this.launch = launch;
        sandboxes = new NamedSandboxes(states, console);
    }

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(command).commandLine();
        if (words.isEmpty()) {
            throw new ParameterException(line, "exec needs a command, as in: nsbox exec " + name + " -- sh");
        }
        Words.requireProgram(words, line);
        int status = sandboxes.one(name, this::run);
        return status == ExitStatus.PROBLEMS ? ExitStatus.SETUP : status;
    }

    private int run(Sandbox sandbox) throws IOException {
        if (sandbox.pid().isEmpty()) {
            throw new StateException("the sandbox '" + name + "' is not running");
        }
        Registering.Description description = Registering.read(sandbox);
        SandboxProcess process = process(sandbox, description);
        CompileRequest request = new CompileRequest(name, null, description.settings(), words, Purpose.RUN);
        Optional<byte[]> image = compiler.entry(request, sandbox, description, process, tty, console);
        return image.isPresent() ? launch.run(image.get(), request) : ExitStatus.SETUP;
    }

    private SandboxProcess process(Sandbox sandbox, Registering.Description description) throws IOException {
        long first = sandbox.pid().orElseThrow();
        Optional<SandboxProcess> process = look(first, sandbox, description);
        if (process.isEmpty()) {
            // An init is closed to everybody but root. Its children are in the same namespaces, or in some of their own
            // below.
            for (long child : Members.childrenOf(first)) {
                process = look(child, sandbox, description);
                if (process.isPresent() && Members.childrenOf(first).contains(child)) {
                    break;
                }
                process = Optional.empty();
            }
        }
        // What was read of a pid that is another process's by now would lead there.
        if (process.isEmpty() || !sandboxes.find(name).pid().equals(sandbox.pid())) {
            throw new StateException("the sandbox '" + name + "' has just ended, or this caller has no right over it");
        }
        return process.get();
    }

    private static Optional<SandboxProcess> look(long pid, Sandbox sandbox, Registering.Description description)
            throws IOException {
        Map<Namespace, Long> inodes = new EnumMap<>(Namespace.class);
        for (Namespace namespace : Namespace.values()) {
            if (description.namespaces().contains(namespace.word())) {
                Path file = Path.of("/proc/" + pid + "/ns/" + SandboxProcess.file(namespace));
                try {
                    inodes.put(namespace, (Long) Files.getAttribute(file, "unix:ino"));
                } catch (NoSuchFileException | AccessDeniedException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new SandboxProcess(pid, sandbox.launcher().orElseThrow(), inodes));
    }
}
