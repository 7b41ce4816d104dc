package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.seccomp.Profile;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads the key {@code seccomp}: a word, the path of a profile, or a profile itself. */
final class SeccompReader {
    private static final String DEFAULT = "default";
    private static final String UNCONFINED = "unconfined";

    private final Binding binding;
    private final PathReader paths;

    SeccompReader(Binding binding, PathReader paths) {
        this.binding = binding;
        this.paths = paths;
    }

    /** The profile; nothing for {@code unconfined}, or where a problem was reported. */
    Optional<Profile> read(YamlNode node, String path) {
        if (node instanceof Mapping mapping) {
            return new ProfileReader(binding, path).read(mapping, "inline");
        }
        if (node instanceof YamlNode.Sequence || node instanceof Scalar s && isNoWord(s)) {
            wrong(node, path);
            return Optional.empty();
        }
        Optional<String> word = binding.text(node, path);
        if (word.isEmpty() || word.get().equals(UNCONFINED)) {
            return Optional.empty();
        }
        if (word.get().equals(DEFAULT)) {
            return Optional.of(standard());
        }
        return file(node, path, word.get());
    }

    /** The profile {@code default}, which is packaged with nsbox. */
    static Profile standard() {
        try (InputStream in = Objects.requireNonNull(Profile.class.getResourceAsStream("default.json"))) {
            Diagnostics diagnostics = new Diagnostics(DEFAULT);
            return parse(DEFAULT, in.readAllBytes(), diagnostics)
                    .orElseThrow(() -> new IllegalStateException("the default profile: " + diagnostics.sorted()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isNoWord(Scalar scalar) {
        return scalar.type() != YamlNode.ScalarType.TEXT && !scalar.isNull();
    }

    private void wrong(YamlNode node, String path) {
        binding.error(
                Code.INVALID_VALUE,
                node,
                path,
                "'" + path + "' must be a path, 'default', 'unconfined' or a profile, not " + node.describe(),
                "write a path that is absolute, or relative to the spec's folder");
    }

    private Optional<Profile> file(YamlNode node, String path, String word) {
        if (word.isEmpty()) {
            wrong(node, path);
            return Optional.empty();
        }
        Optional<String> absolute = paths.host(node, path, word);
        if (absolute.isEmpty()) {
            return Optional.empty();
        }
        String name = word.startsWith("~") ? absolute.get() : binding.nameOf(word);
        Path file;
        try {
            file = Path.of(absolute.get());
        } catch (InvalidPathException e) {
            binding.error(Code.INVALID_VALUE, node, path, "'" + path + "' is no file's name: " + e.getReason());
            return Optional.empty();
        }
        Diagnostics found = new Diagnostics(name);
        Optional<byte[]> content = SpecFile.read(name, file, found);
        content.ifPresent(bytes -> binding.consulted(file, bytes));
        Optional<Profile> profile = content.flatMap(bytes -> parse(name, bytes, found));
        found.sorted().forEach(problem -> report(problem, node, path, word));
        return found.hasErrors() ? Optional.empty() : profile;
    }

    /** What is wrong with the file as a whole is told where the spec names it. */
    private void report(Diagnostic problem, YamlNode node, String path, String word) {
        if (problem.span().isPresent()) {
            binding.report(problem);
            return;
        }
        Optional<String> meant = Suggestion.nearest(word, List.of(DEFAULT, UNCONFINED));
        Diagnostic here = binding.problem(
                Severity.ERROR,
                problem.code(),
                node,
                path,
                "the seccomp profile " + Printable.quote(word) + ": "
                        + problem.message().replace(", not a spec file", "").replace("a spec may", "a profile may"));
        binding.report(meant.map(other -> here.withHelp("did you mean '" + other + "'?"))
                .or(() -> problem.help()
                        .filter(help -> help.startsWith("did you mean"))
                        .map(here::withHelp))
                .orElse(here));
    }

    private static Optional<Profile> parse(String name, byte[] content, Diagnostics diagnostics) {
        Optional<SourceText> source = SourceDecoder.decode(name, content, diagnostics);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        SourceText json = spaced(source.get());
        Optional<YamlNode> root = JsonComposer.compose(json).or(() -> YamlComposer.compose(json, diagnostics));
        if (root.isEmpty() && diagnostics.hasErrors()) {
            return Optional.empty();
        }
        if (root.isPresent() && root.get() instanceof Mapping mapping) {
            return new ProfileReader(new Binding(diagnostics, name), "").read(mapping, name);
        }
        diagnostics.add(Diagnostic.of(
                Severity.ERROR,
                Code.WRONG_TYPE,
                name,
                "it must be a JSON object, not " + root.map(YamlNode::describe).orElse("an empty file")));
        return Optional.empty();
    }

    /** The same with spaces for tabs: JSON may be indented by them, YAML may not. Every place stays what it is. */
    private static SourceText spaced(SourceText source) {
        return new SourceText(source.name(), source.text().replace('\t', ' '));
    }

    /** Reads a profile that stands alone, for {@code nsbox seccomp}. */
    static Optional<Profile> readFile(String name, Path path, Diagnostics diagnostics) {
        return SpecFile.read(name, path, diagnostics).flatMap(bytes -> parse(name, bytes, diagnostics));
    }
}
