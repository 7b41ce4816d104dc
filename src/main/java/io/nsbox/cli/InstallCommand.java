package io.nsbox.cli;

import io.nsbox.launch.ExecutableFile;
import io.nsbox.launch.Starter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nsbox install}: puts nsbox on the PATH, as a program that starts compiled specs without a shell. */
@Command(
        name = "install",
        header = "Put nsbox on the PATH, as a static program.",
        description =
                "Writes FOLDER/nsbox, a static program that starts a compiled spec without a shell and leaves all else "
                        + "to the nsbox that wrote it, which must stay where it is.")
final class InstallCommand implements Callable<Integer> {
    private static final String NAME = "nsbox";

    private final Console console;
    private final Installation installation;

    @Option(
            names = {"-f", "--force"},
            description = "Replace a file that is there and that 'nsbox install' did not write.")
    private boolean force;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "Where to put it. Default: /usr/local/bin for root, ~/.local/bin for others.")
    private @Nullable String folder;

    InstallCommand(Console console, Installation installation) {
        this.console = console;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException {
        if (installation.script() == null) {
            return refuse("cannot install an nsbox that bin/nsbox did not start");
        }
        Path script = console.workingDirectory().resolve(installation.script()).toRealPath();
        Optional<Path> into;
        try {
            into = folder == null
                    ? usual()
                    : Optional.of(console.workingDirectory().resolve(folder));
        } catch (InvalidPathException e) {
            return refuse("cannot write to " + folder + ": " + e.getReason());
        }
        if (into.isEmpty()) {
            return refuse("there is no folder to install into: HOME holds no absolute path; name one");
        }
        Path target = into.get().resolve(NAME);
        Optional<String> obstacle = obstacle(target, script);
        if (obstacle.isPresent()) {
            return refuse(target + " " + obstacle.get());
        }
        try {
            if (folder == null) {
                Files.createDirectories(into.get());
            }
            ExecutableFile.replace(target, Starter.bytes(script.toString(), SandboxCompiler.ownArch()), "rwxr-xr-x");
        } catch (IOException e) {
            return refuse("cannot write " + target + ": " + ExecutableFile.reason(e));
        }
        console.out().println("installed " + target + ", which runs " + script);
        tellOfPath(target);
        return ExitStatus.OK;
    }

    private Optional<Path> usual() {
        if (installation.root()) {
            return Optional.of(Path.of("/usr/local/bin"));
        }
        return Optional.ofNullable(console.environment().get("HOME"))
                .filter(home -> home.startsWith("/"))
                .map(home -> Path.of(home, ".local", "bin"));
    }

    /** Why a file in the place of the new one must stay, if it must. */
    private Optional<String> obstacle(Path target, Path script) throws IOException {
        boolean isLink = Files.isSymbolicLink(target);
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("is a folder; name another place");
        }
        boolean isScript = Files.exists(target) && Files.isSameFile(target, script);
        if (isScript && !isLink) {
            return Optional.of("is nsbox itself; name another folder");
        }
        if (force || isScript || isStarter(target)) {
            return Optional.empty();
        }
        return Optional.of("is there, and 'nsbox install' did not write it; -f replaces it");
    }

    private static boolean isStarter(Path file) {
        try {
            return Starter.isOne(file);
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Says so where the shell would not find what was installed, or would find another nsbox first. */
    private void tellOfPath(Path target) {
        for (String each : console.environment().getOrDefault("PATH", "").split(":")) {
            if (!each.startsWith("/")) {
                continue;
            }
            Path found = Path.of(each, NAME);
            if (isSame(found, target)) {
                return;
            }
            if (Files.isExecutable(found) && !Files.isDirectory(found)) {
                console.err().println("nsbox: note: " + found + " comes before it on the PATH");
                return;
            }
        }
        console.err()
                .println("nsbox: note: " + target.getParent()
                        + " is not on the PATH, where a shell looks for nsbox; add it there");
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException notThere) {
            return false;
        }
    }

    private int refuse(String reason) {
        console.err().println("nsbox: error: " + reason);
        return ExitStatus.PROBLEMS;
    }
}
