package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import io.nsbox.spec.CrossRules;
import io.nsbox.spec.InputFile;
import io.nsbox.spec.Key;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Origins;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.text.YamlNode.Mapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From a spec file to a spec: read, composed, bound, validated.
 *
 * <p>Whatever the file holds, the answer is a spec or a list of problems, never an exception. Readers have no state and may
 * be shared by threads.
 */
public final class SpecReader {
    private static final String COMMAND = Key.COMMAND.word();

    private final ReadOptions options;

    /** A reader with these options. */
    public SpecReader(ReadOptions options) {
        this.options = options;
    }

    /**
     * Reads a file.
     *
     * @param name the file's name as the user gave it, for messages
     * @param path where it is, absolute
     */
    public ReadResult read(String name, Path path) {
        Diagnostics diagnostics = new Diagnostics(name);
        Optional<byte[]> bytes = SpecFile.read(name, path, diagnostics);
        if (bytes.isEmpty()) {
            return new ReadResult(Optional.empty(), diagnostics.sorted());
        }
        return read(name, path, bytes.get(), diagnostics);
    }

    /** Reads what was read from a file before. */
    public ReadResult read(String name, Path path, byte[] content) {
        return read(name, path, content, new Diagnostics(name));
    }

    private ReadResult read(String name, Path path, byte[] content, Diagnostics diagnostics) {
        Optional<LoadedSpec> spec = SourceDecoder.decode(name, content, diagnostics)
                .flatMap(source -> root(source, diagnostics))
                .map(root -> new Overrides(diagnostics).apply(root, options.settings()))
                .map(root -> load(name, path, content, root, diagnostics));
        return new ReadResult(diagnostics.hasErrors() ? Optional.empty() : spec, diagnostics.sorted());
    }

    private static Optional<Mapping> root(SourceText source, Diagnostics diagnostics) {
        Optional<YamlNode> root = YamlComposer.compose(source, diagnostics);
        if (root.isPresent() && root.get() instanceof Mapping mapping) {
            return Optional.of(mapping);
        }
        boolean empty = root.isEmpty() || root.get() instanceof YamlNode.Scalar s && s.isNull();
        if (empty && !diagnostics.hasErrors()) {
            diagnostics.add(problem(
                            Code.EMPTY_SPEC,
                            source.span(0, 0),
                            source.text().isBlank() ? "the file is empty" : "the file holds no spec")
                    .withHelp("a spec needs at least the key 'namespaces'; `nsbox init` writes one to start from"));
        } else if (!empty) {
            diagnostics.add(problem(
                            Code.WRONG_TYPE,
                            root.get().place().span(),
                            "a spec is a map of keys, not " + root.get().describe())
                    .withHelp("start with a line such as namespaces: [user, pid]"));
        }
        return Optional.empty();
    }

    private LoadedSpec load(String name, Path path, byte[] content, Mapping root, Diagnostics diagnostics) {
        Binding binding = new Binding(diagnostics, name);
        PathReader paths = new PathReader(
                binding, String.valueOf(TypedPaths.withoutDots(path).getParent()), options.home());
        SandboxSpec bound = SpecBinder.bind(root, SandboxName.of(path), binding, paths);
        SpecValidator.check(bound, root, binding);
        if (namespacesAreKnown(root)) {
            CrossRules.check(bound, binding.origins(), diagnostics);
        }
        boolean hasCommand = !bound.command().isEmpty()
                || !options.command().isEmpty()
                || binding.isFaulty(COMMAND)
                || binding.isMeant(Key.COMMAND);
        if (!hasCommand) {
            diagnostics.add(Diagnostic.at(
                            options.commandRequired() ? Severity.ERROR : Severity.WARNING,
                            Code.MISSING_COMMAND,
                            root.place().span(),
                            COMMAND,
                            "the spec has no 'command'")
                    .withHelp("add one, such as command: [sh], or give words after --: nsbox up " + Printable.of(name)
                            + " -- sh"));
        }
        SandboxSpec spec = options.command().isEmpty() ? bound : bound.withCommand(options.command());
        List<InputFile> inputs = new ArrayList<>(List.of(new InputFile(path.toString(), content)));
        inputs.addAll(binding.inputs());
        Map<String, Optional<String>> variables = paths.isHomeConsulted() ? Map.of("HOME", options.home()) : Map.of();
        return new LoadedSpec(spec, origins(binding), name, inputs, variables);
    }

    /** Where nobody can say which namespaces are listed, nobody can say that one is missing; where none are, all are. */
    private static boolean namespacesAreKnown(Mapping root) {
        return root.find(Key.NAMESPACES.word())
                .map(YamlNode.Entry::value)
                .map(value -> value instanceof YamlNode.Sequence || value instanceof YamlNode.Scalar s && !s.isNull())
                .orElse(true);
    }

    /** Words of the command line stand on no line of the file. */
    private Origins origins(Binding binding) {
        Origins origins = binding.origins();
        return options.command().isEmpty() ? origins : origins.without(COMMAND);
    }

    private static Diagnostic problem(Code code, Span span, String message) {
        return Diagnostic.at(Severity.ERROR, code, span, "", message);
    }
}
