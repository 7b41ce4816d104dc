package io.nsbox.cli;

import io.nsbox.cli.CompileRequest.Purpose;
import io.nsbox.cli.CompileRequest.Telling;
import io.nsbox.cli.PlanCommand.Detail;
import io.nsbox.cli.PlanCommand.Format;
import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import io.nsbox.host.CallerFacts;
import io.nsbox.host.Capability;
import io.nsbox.host.HostFile;
import io.nsbox.host.HostTree;
import io.nsbox.image.ElfImage;
import io.nsbox.launch.Digests;
import io.nsbox.plan.Caller;
import io.nsbox.plan.Lowering;
import io.nsbox.plan.Plan;
import io.nsbox.plan.PlanPrinter;
import io.nsbox.plan.Planner;
import io.nsbox.plan.Proof;
import io.nsbox.plan.Registration;
import io.nsbox.plan.SandboxProcess;
import io.nsbox.plan.Trace;
import io.nsbox.program.Arch;
import io.nsbox.program.Program;
import io.nsbox.program.TooLargeException;
import io.nsbox.spec.InputFile;
import io.nsbox.spec.Key;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.ReadResult;
import io.nsbox.text.SpecReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The line from a spec to an image, stage by stage: text, spec, plan, program, image.
 *
 * <p>This is nsbox's table of contents.
 *
 * @param host the machine's files
 * @param buildId the file that tells builds of nsbox apart; {@code null} if this one has none
 */
record SandboxCompiler(HostTree host, @Nullable Path buildId) implements Compiler {

    @Override
    public Optional<byte[]> compile(CompileRequest request, @Nullable Architecture architecture, Console console) {
        Arch arch = architecture == null ? ownArch() : Arch.valueOf(architecture.name());
        Optional<LoadedSpec> spec = read(request, console);
        if (spec.isEmpty()) {
            return Optional.empty();
        }
        SubordinateIds subordinates = SubordinateIds.of(spec.get(), host);
        if (!subordinates.problems().isEmpty()) {
            print(subordinates.problems(), console);
            return Optional.empty();
        }
        Optional<Diagnostic> conflict =
                Optional.ofNullable(request.registering()).flatMap(registering -> registering.conflict(spec.get()));
        if (conflict.isPresent()) {
            print(List.of(conflict.get()), console);
            return Optional.empty();
        }
        Optional<Registration> registration = Optional.ofNullable(request.registering())
                .map(registering -> registering.register(spec.get(), request, home(console)));
        try {
            Image image = image(spec.get(), request, subordinates, registration, arch);
            if (request.telling().contains(Telling.COMPILATION)) {
                tell(image, arch, console);
            }
            return Optional.of(image.bytes());
        } catch (TooLargeException e) {
            print(List.of(tooLarge(spec.get(), e)), console);
            return Optional.empty();
        }
    }

    /** An image, and what it was made of. */
    private record Image(byte[] bytes, int steps, List<InputFile> inputs) {}

    private void tell(Image image, Arch arch, Console console) {
        image.inputs()
                .forEach(input -> console.err()
                        .println("nsbox: read " + Printable.of(input.path()) + ", " + input.content().length
                                + " bytes"));
        console.err()
                .println("nsbox: compiled " + image.steps() + " steps to a launcher of " + image.bytes().length
                        + " bytes for " + arch.word());
    }

    private Image image(
            LoadedSpec spec,
            CompileRequest request,
            SubordinateIds subordinates,
            Optional<Registration> registration,
            Arch arch) {
        Plan plan = Planner.plan(spec, subordinates.ranges(), registration);
        Proof proof = proof(spec, subordinates.files());
        Program program;
        if (request.purpose() == Purpose.KEEP) {
            program = Lowering.standalone(plan, arch);
        } else if (request.telling().contains(Telling.STEPS)) {
            program = Lowering.telling(plan, arch, proof);
        } else {
            program = Lowering.cached(plan, arch, proof);
        }
        return new Image(ElfImage.write(program), plan.steps().size(), proof.inputs());
    }

    @Override
    public Optional<byte[]> entry(
            CompileRequest request,
            Sandbox sandbox,
            Registering.Description description,
            SandboxProcess process,
            boolean atTerminal,
            Console console)
            throws IOException {
        List<String> words = request.words() == null ? List.of() : request.words();
        Optional<String> home = Optional.of(description.home()).filter(path -> !path.isEmpty());
        byte[] spec = Sandboxes.read(sandbox, Registering.SPEC).getBytes(StandardCharsets.UTF_8);
        ReadResult result = new SpecReader(new ReadOptions(description.settings(), words, true, home))
                .read(description.file(), Path.of(description.spec()), spec);
        print(result.diagnostics(), console);
        if (result.spec().isEmpty()) {
            return Optional.empty();
        }
        LoadedSpec loaded = result.spec().get();
        for (InputFile input : loaded.inputs().subList(1, loaded.inputs().size())) {
            if (!Digests.sha256(input.content()).equals(description.inputs().get(input.path()))) {
                throw new StateException(input.path() + " has changed since the sandbox '" + sandbox.name()
                        + "' was started: a command of today would be confined in another way than its own");
            }
        }
        Plan plan = Planner.entry(loaded, process, atTerminal);
        return Optional.of(ElfImage.write(Lowering.once(plan, ownArch())));
    }

    @Override
    public boolean plan(CompileRequest request, PlanCommand.View view, Console console) {
        Optional<LoadedSpec> spec = read(request, console);
        if (spec.isEmpty()) {
            return false;
        }
        SubordinateIds subordinates = SubordinateIds.of(spec.get(), host);
        print(subordinates.problems(), console);
        if (!subordinates.problems().isEmpty()) {
            return false;
        }
        Plan plan = Planner.plan(spec.get(), subordinates.ranges());
        try {
            Trace trace = view.missing()
                    ? Trace.withoutTargets(plan, ownArch(), caller())
                    : Trace.of(plan, ownArch(), caller());
            console.out().print(print(plan, trace, view));
            return true;
        } catch (TooLargeException e) {
            print(List.of(tooLarge(spec.get(), e)), console);
            return false;
        }
    }

    private static String print(Plan plan, Trace trace, PlanCommand.View view) {
        if (view.format() == Format.JSON) {
            return PlanJson.print(plan, trace);
        }
        return view.detail() == Detail.SYSCALLS ? PlanPrinter.syscalls(plan, trace) : PlanPrinter.steps(plan);
    }

    private static Optional<LoadedSpec> read(CompileRequest request, Console console) {
        List<String> words = request.words() == null ? List.of() : request.words();
        ReadResult result = new SpecReader(new ReadOptions(request.settings(), words, true, home(console)))
                .read(request.file(), console.workingDirectory().resolve(request.file()));
        print(result.diagnostics(), console);
        return result.spec();
    }

    private static Optional<String> home(Console console) {
        return Optional.ofNullable(console.environment().get("HOME"));
    }

    private static void print(List<Diagnostic> diagnostics, Console console) {
        if (!diagnostics.isEmpty()) {
            Style style = Style.colour(console.colourOnErr());
            console.err().print(new TextRenderer(style).render(diagnostics));
        }
    }

    /** Hardly anything but mounts makes a launcher so long. */
    private static Diagnostic tooLarge(LoadedSpec spec, TooLargeException e) {
        String message = "this takes " + e.size() + " bytes of steps, and a launcher has room for " + e.most();
        return spec.origins()
                .key(Key.MOUNTS.word())
                .map(span -> Diagnostic.at(Severity.ERROR, Code.OUT_OF_RANGE, span, Key.MOUNTS.word(), message))
                .orElseGet(() -> Diagnostic.of(Severity.ERROR, Code.OUT_OF_RANGE, spec.file(), message))
                .withHelp("list fewer; a folder can be mounted in the place of the files in it");
    }

    private Proof proof(LoadedSpec spec, List<HostFile> files) {
        List<InputFile> inputs = new ArrayList<>(spec.inputs());
        for (HostFile file : files) {
            inputs.add(new InputFile(file.path(), file.content()));
        }
        if (buildId != null) {
            try {
                inputs.add(new InputFile(buildId.toString(), Files.readAllBytes(buildId)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        long uid = CallerFacts.read(host).map(CallerFacts::uid).orElse(0L);
        return new Proof(inputs, uid, spec.variables());
    }

    private Caller caller() {
        return CallerFacts.read(host)
                .map(facts -> new Caller(
                        facts.uid(),
                        facts.gid(),
                        facts.has(Capability.CAP_SETUID) && facts.has(Capability.CAP_SETGID),
                        text("/proc/self/cgroup"),
                        text("/proc/self/mountinfo")))
                .orElse(new Caller(0, 0, true));
    }

    private String text(String file) {
        return host.read(file).map(HostFile::text).orElse("");
    }

    static Arch ownArch() {
        String name = System.getProperty("os.arch", "");
        return Arch.byName(name)
                .orElseThrow(() -> new UnsupportedOperationException("there is no launcher for the processor " + name));
    }

    /** A range that this machine does not give, shown as problems of the spec itself are. */
    static Diagnostic problem(LoadedSpec spec, String path, String message, String help) {
        return spec.origins()
                .value(path)
                .map(span -> Diagnostic.at(Severity.ERROR, Code.MISSING_SUBORDINATES, span, path, message))
                .orElseGet(() -> Diagnostic.of(Severity.ERROR, Code.MISSING_SUBORDINATES, spec.file(), message))
                .withHelp(help);
    }
}
