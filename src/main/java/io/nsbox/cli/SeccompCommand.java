package io.nsbox.cli;

import io.nsbox.cli.Compiler.Architecture;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import io.nsbox.program.Arch;
import io.nsbox.seccomp.CapabilityNames;
import io.nsbox.seccomp.Filter;
import io.nsbox.seccomp.FilterPrinter;
import io.nsbox.seccomp.KernelRelease;
import io.nsbox.seccomp.Policy;
import io.nsbox.seccomp.PolicyPrinter;
import io.nsbox.seccomp.Profile;
import io.nsbox.seccomp.Surroundings;
import io.nsbox.spec.CapabilitiesInForce;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.text.ProfileFile;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nsbox seccomp}: shows what a seccomp profile comes to. */
@Command(
        name = "seccomp",
        header = "List what a seccomp profile allows.",
        description =
                "PROFILE is default, a profile in Docker's or OCI's JSON, or a spec (*.yaml, *.yml), whose profile is "
                        + "listed for the capabilities that its command has.")
final class SeccompCommand implements Callable<Integer> {
    /** How a listing is written. */
    enum Format {
        TEXT,
        JSON
    }

    private final Console console;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "The processor: x86_64 or aarch64; default this machine's.")
    private @Nullable Architecture architecture;

    @Option(
            names = "--caps",
            paramLabel = "LIST",
            description =
                    "The capabilities that rules may ask for: ALL, NONE, or names joined by commas; default ALL, and for "
                            + "a spec those that its command has.")
    private @Nullable String caps;

    @Option(names = "--disassemble", description = "Print the instructions of the filter too.")
    private boolean disassemble;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json; default ${DEFAULT-VALUE}.")
    private Format format = Format.TEXT;

    @Parameters(paramLabel = "PROFILE", description = "default, a profile, or a spec.")
    private String argument = "";

    SeccompCommand(Console console) {
        this.console = console;
    }

    /** A profile, and the capabilities that it is listed for. */
    private record Subject(Profile profile, Set<String> capabilities) {}

    @Override
    public Integer call() {
        Set<String> wanted = caps == null ? Set.copyOf(CapabilityNames.ALL) : capabilities(caps);
        Subject subject = subject(wanted);
        if (subject == null) {
            return ExitStatus.PROBLEMS;
        }
        Arch arch = architecture == null ? SandboxCompiler.ownArch() : Arch.valueOf(architecture.name());
        List<SeccompListing> listings = new ArrayList<>();
        for (KernelRelease kernel : subject.profile().kernels()) {
            Policy policy = subject.profile().policy(new Surroundings(arch, subject.capabilities(), kernel));
            listings.add(new SeccompListing(
                    subject.profile().name(), subject.capabilities(), kernel, policy, policy.filter()));
        }
        if (format == Format.JSON) {
            console.out().print(SeccompListing.json(listings, disassemble));
        } else {
            listings.forEach(this::print);
        }
        console.out().flush();
        boolean fits = listings.stream().allMatch(listing -> listing.filter().size() <= Filter.LONGEST);
        if (!fits) {
            console.err()
                    .println("nsbox: error: the filter is longer than the " + Filter.LONGEST
                            + " instructions that the kernel takes");
        }
        return fits ? ExitStatus.OK : ExitStatus.PROBLEMS;
    }

    private @Nullable Subject subject(Set<String> wanted) {
        Path path = console.workingDirectory().resolve(argument);
        if (argument.endsWith(".yaml") || argument.endsWith(".yml")) {
            ReadOptions options = ReadOptions.DEFAULT.withHome(
                    Optional.ofNullable(console.environment().get("HOME")));
            ReadResult result = new SpecReader(options).read(argument, path);
            print(result.diagnostics());
            if (result.spec().isEmpty()) {
                return null;
            }
            LoadedSpec loaded = result.spec().get();
            Profile profile = loaded.spec().confinement().seccomp();
            if (profile == null) {
                console.err()
                        .println("nsbox: error: " + argument + " has no seccomp profile: the command is unconfined");
                return null;
            }
            return new Subject(profile, caps == null ? CapabilitiesInForce.of(loaded.spec()) : wanted);
        }
        ProfileFile file = argument.equals("default") ? ProfileFile.standard() : ProfileFile.read(argument, path);
        print(file.problems());
        return file.profile().map(profile -> new Subject(profile, wanted)).orElse(null);
    }

    private void print(List<Diagnostic> problems) {
        if (!problems.isEmpty()) {
            Style style = Style.colour(console.colourOnErr());
            console.err().print(new TextRenderer(style).render(problems));
        }
    }

    private void print(SeccompListing listing) {
        console.out().println(listing.heading());
        console.out().print(PolicyPrinter.print(listing.policy()));
        if (disassemble) {
            console.out().println("\nfilter:");
            FilterPrinter.lines(listing.filter()).forEach(console.out()::println);
        }
    }

    private Set<String> capabilities(String list) {
        if (list.equalsIgnoreCase("all")) {
            return Set.copyOf(CapabilityNames.ALL);
        }
        Set<String> names = new TreeSet<>();
        if (list.equalsIgnoreCase("none")) {
            return names;
        }
        for (String word : list.split(",", -1)) {
            String upper = word.strip().toUpperCase(Locale.ROOT);
            String name = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
            if (!CapabilityNames.ALL.contains(name)) {
                String near = Nearest.to(name, CapabilityNames.ALL)
                        .map(other -> "; did you mean '" + other + "'?")
                        .orElse("");
                throw new ParameterException(
                        Objects.requireNonNull(command).commandLine(), "no capability is called '" + word + "'" + near);
            }
            names.add(name);
        }
        return names;
    }
}
