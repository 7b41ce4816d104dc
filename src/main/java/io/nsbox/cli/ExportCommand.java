package io.nsbox.cli;

import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import io.nsbox.host.HostTree;
import io.nsbox.launch.ExecutableFile;
import io.nsbox.oci.Bundle;
import io.nsbox.oci.Circumstances;
import io.nsbox.oci.OciExport;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import io.nsbox.text.TypedPaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nsbox export}: describes a sandbox in the words of other tools. */
@Command(
        name = "export",
        header = "Describe the sandbox of a spec for another tool.",
        description = "Writes what other tools run a sandbox from.",
        synopsisSubcommandLabel = "oci",
        subcommands = ExportCommand.Oci.class)
final class ExportCommand {

    /** Writes an OCI bundle. */
    @Command(
            name = "oci",
            header = "Write the bundle from which runc runs the same sandbox.",
            description =
                    "Writes DIR/config.json after the OCI runtime specification 1.0.2, and what it mounts from DIR. "
                            + "What that cannot say is an error, and nothing is written. What a launcher decides at each start, by "
                            + "the caller's ids, capabilities, variables and files, is written as it is now.")
    static final class Oci implements Callable<Integer> {
        private final Console console;
        private final HostTree host;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "DIR",
                required = true,
                description = "The folder to write to; made if it is missing. Files of an older export are replaced.")
        private String output = "";

        @Parameters(paramLabel = "FILE", description = "The spec.")
        private String file = "";

        Oci(Console console, HostTree host) {
            this.console = console;
            this.host = host;
        }

        @Override
        public Integer call() {
            Optional<String> home = Optional.ofNullable(console.environment().get("HOME"));
            ReadResult read = new SpecReader(new ReadOptions(List.of(), List.of(), true, home))
                    .read(file, console.workingDirectory().resolve(file));
            print(read.diagnostics());
            if (read.spec().isEmpty()) {
                return ExitStatus.PROBLEMS;
            }
            LoadedSpec spec = read.spec().get();
            SubordinateIds subordinates = SubordinateIds.of(spec, host);
            print(subordinates.problems());
            if (!subordinates.problems().isEmpty()) {
                return ExitStatus.PROBLEMS;
            }
            Path folder = TypedPaths.withoutDots(
                    console.workingDirectory().resolve(output).toAbsolutePath());
            Optional<Circumstances> here = Circumstances.read(
                    host,
                    new CallersPaths(host),
                    console.environment(),
                    console.workingDirectory().toString(),
                    subordinates.ranges().uids(),
                    subordinates.ranges().gids(),
                    SandboxCompiler.ownArch(),
                    folder.toString());
            if (here.isEmpty()) {
                return refuse("an export needs /proc to know who the caller is");
            }
            Bundle bundle = OciExport.of(spec, here.get());
            print(bundle.diagnostics());
            if (!bundle.isComplete()) {
                return ExitStatus.PROBLEMS;
            }
            try {
                BundleFolder.write(bundle, folder);
            } catch (IOException e) {
                return refuse("cannot write to " + output + ": " + ExecutableFile.reason(e));
            }
            return ExitStatus.OK;
        }

        private void print(List<Diagnostic> problems) {
            if (!problems.isEmpty()) {
                Style style = Style.colour(console.colourOnErr());
                console.err().print(new TextRenderer(style).render(problems));
            }
        }

        private int refuse(String why) {
            console.err().println("nsbox: error: " + why);
            return ExitStatus.PROBLEMS;
        }
    }
}
