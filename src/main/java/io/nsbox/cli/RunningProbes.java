package io.nsbox.cli;

import io.nsbox.host.HostTree;
import io.nsbox.host.ProbeResult;
import io.nsbox.host.ProbeSpec;
import io.nsbox.image.ElfImage;
import io.nsbox.launch.ExecutableFile;
import io.nsbox.plan.Lowering;
import io.nsbox.plan.Planner;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Tries what the doctor asks for: compiles the spec to a launcher and runs it. */
record RunningProbes(HostTree host) implements Function<ProbeSpec, ProbeResult> {
    private static final int PATIENCE_SECONDS = 10;

    @Override
    public ProbeResult apply(ProbeSpec probe) {
        Path file = Path.of("/probe.yaml");
        ReadResult read = new SpecReader(ReadOptions.DEFAULT)
                .read("probe.yaml", file, probe.yaml().getBytes(StandardCharsets.UTF_8));
        if (read.spec().isEmpty()) {
            throw new IllegalStateException("the doctor's own spec is wrong: " + read.diagnostics());
        }
        LoadedSpec spec = read.spec().get();
        SubordinateIds ids = SubordinateIds.of(spec, host);
        if (!ids.problems().isEmpty()) {
            return ProbeResult.of(
                    ExitStatus.SETUP, "nsbox: error: " + ids.problems().get(0).message() + "\n");
        }
        byte[] image = ElfImage.write(Lowering.standalone(Planner.plan(spec, ids.ranges()), SandboxCompiler.ownArch()));
        try {
            return run(image);
        } catch (IOException e) {
            return ProbeResult.of(
                    ExitStatus.SETUP, "nsbox: error: the probe could not be run: " + e.getMessage() + "\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ProbeResult.of(ExitStatus.SETUP, "nsbox: error: interrupted\n");
        }
    }

    private static ProbeResult run(byte[] image) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("nsbox-doctor");
        Path launcher = folder.resolve("probe");
        Path said = folder.resolve("said");
        try {
            ExecutableFile.write(launcher, image, "rwx------");
            Process process = new ProcessBuilder(launcher.toString())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(said.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return ProbeResult.of(process.exitValue(), Files.readString(said));
        } finally {
            Files.deleteIfExists(launcher);
            Files.deleteIfExists(said);
            Files.delete(folder);
        }
    }
}
