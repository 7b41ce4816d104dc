package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.Variable;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code environment} and {@code inherit_env}. */
final class EnvironmentReader {
    private final Binding binding;

    EnvironmentReader(Binding binding) {
        this.binding = binding;
    }

    /** The variables, in the spec's order. */
    List<Variable> environment(YamlNode node, String path) {
        if (binding.isMissing(node, path)) {
            return List.of();
        }
        if (node instanceof Mapping mapping) {
            return map(mapping, path);
        }
        if (node instanceof Sequence list) {
            return list(list, path);
        }
        binding.wrongType(node, path, "a map or a list", "write {KEY: value} or [KEY=value]");
        return List.of();
    }

    private List<Variable> map(Mapping mapping, String path) {
        List<Variable> variables = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
            String at = path + "." + Printable.of(entry.key().text());
            binding.entry(at, entry);
            if (entry.key().isNull()) {
                binding.error(Code.INVALID_VALUE, entry.key(), at, "a variable without a name");
                continue;
            }
            Optional<String> name = name(entry.key(), at, entry.key().text());
            if (entry.value() instanceof Scalar scalar && scalar.isNull()) {
                name.ifPresent(n -> variables.add(new Variable(n, Optional.empty())));
                continue;
            }
            Optional<String> value = value(entry.value(), at);
            if (name.isPresent() && value.isPresent()) {
                variables.add(new Variable(name.get(), value));
            }
        }
        return variables;
    }

    private Optional<String> value(YamlNode node, String path) {
        if (!(node instanceof Scalar scalar)) {
            binding.wrongType(node, path, "one value", "put it in quotes if it is text that looks like YAML");
            return Optional.empty();
        }
        return binding.noInterpolation(scalar, path) ? binding.word(node, path) : Optional.empty();
    }

    private List<Variable> list(Sequence list, String path) {
        List<Variable> variables = new ArrayList<>();
        Map<String, YamlNode> seen = new HashMap<>();
        for (int i = 0; i < list.items().size(); i++) {
            YamlNode item = list.items().get(i);
            String at = path + "[" + i + "]";
            binding.item(at, item);
            if (item instanceof Mapping) {
                binding.wrongType(
                        item, at, "KEY=value", "write KEY=value without ': ', or put the whole entry in quotes");
                continue;
            }
            Optional<String> text = binding.text(item, at);
            if (text.isEmpty()) {
                continue;
            }
            int equals = text.get().indexOf('=');
            Optional<String> name =
                    name(item, at, equals < 0 ? text.get() : text.get().substring(0, equals));
            if (name.isEmpty()) {
                continue;
            }
            YamlNode before = seen.putIfAbsent(name.get(), item);
            if (before != null) {
                binding.report(binding.problem(
                                Severity.ERROR,
                                Code.DUPLICATE_ENTRY,
                                item,
                                at,
                                "the variable " + Printable.quote(name.get()) + " is set twice")
                        .withRelated(before.place().span(), "first set here")
                        .withHelp("remove one of the two"));
                continue;
            }
            binding.item(path + "." + name.get(), item);
            variables.add(new Variable(
                    name.get(),
                    equals < 0 ? Optional.empty() : Optional.of(text.get().substring(equals + 1))));
        }
        return variables;
    }

    /** Any name will do that environ(7) can hold. */
    private Optional<String> name(Scalar node, String path, String name) {
        if (name.isEmpty()) {
            binding.error(Code.INVALID_VALUE, node, path, "a variable without a name", "write KEY=value");
            return Optional.empty();
        }
        if (name.indexOf('=') >= 0) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    "the name of a variable cannot hold '=': " + Printable.quote(name),
                    "in a map, write KEY: value");
            return Optional.empty();
        }
        if (name.indexOf('\0') >= 0) {
            binding.error(Code.INVALID_VALUE, node, path, "the name of a variable cannot hold a NUL character");
            return Optional.empty();
        }
        return Optional.of(name);
    }

    private Optional<String> name(YamlNode node, String path, String name) {
        return name((Scalar) node, path, name);
    }

    /** What is kept of the caller's environment. */
    Optional<InheritEnv> inheritEnv(YamlNode node, String path) {
        if (node instanceof Scalar scalar && scalar.type() == ScalarType.BOOL) {
            return binding.bool(node, path).map(all -> all ? new InheritEnv.All() : InheritEnv.NONE);
        }
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            String help = Suggestion.nearest(scalar.text(), List.of("true", "false"))
                    .map(word -> "did you mean '" + word + "'?")
                    .orElse("write [" + Printable.cut(scalar.text()) + "]");
            binding.wrongType(node, path, "true, false or a list", help);
            return Optional.empty();
        }
        Optional<Sequence> list = binding.sequence(node, path, "write true, false, or [TERM, LC_*]");
        if (list.isEmpty()) {
            return Optional.empty();
        }
        if (!binding.fits(list.get().items().size(), Binding.MOST_WORDS, node, path)) {
            return Optional.empty();
        }
        Map<String, YamlNode> seen = new HashMap<>();
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < list.get().items().size(); i++) {
            YamlNode item = list.get().items().get(i);
            String at = path + "[" + i + "]";
            binding.item(at, item);
            Optional<String> pattern = binding.text(item, at).filter(p -> isPattern(item, at, p));
            if (pattern.isEmpty()) {
                continue;
            }
            YamlNode before = seen.putIfAbsent(pattern.get(), item);
            if (before == null) {
                patterns.add(pattern.get());
            } else {
                binding.report(binding.problem(
                                Severity.ERROR,
                                Code.DUPLICATE_ENTRY,
                                item,
                                at,
                                Printable.quote(pattern.get()) + " is listed twice")
                        .withRelated(before.place().span(), "first listed here"));
            }
        }
        return Optional.of(new InheritEnv.Names(patterns));
    }

    private boolean isPattern(YamlNode item, String path, String pattern) {
        if (pattern.equals("*")) {
            binding.error(Code.INVALID_VALUE, item, path, "'*' stands for every variable", "write inherit_env: true");
            return false;
        }
        int equals = pattern.indexOf('=');
        if (equals >= 0) {
            binding.error(
                    Code.INVALID_VALUE,
                    item,
                    path,
                    "'inherit_env' lists names, not values: " + Printable.quote(pattern),
                    "set a value in 'environment'");
            return false;
        }
        int star = pattern.indexOf('*');
        if (pattern.isEmpty() || (star >= 0 && star < pattern.length() - 1)) {
            binding.error(
                    Code.INVALID_VALUE,
                    item,
                    path,
                    Printable.quote(pattern) + " is no name and no prefix of names",
                    "a '*' stands at the end, as in LC_*");
            return false;
        }
        return true;
    }
}
