package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.Key;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@code KEY=VALUE} settings of the command line into a spec's tree, before it is bound: they are checked as the
 * file is, and their places are in a file called {@code --set}.
 *
 * <p>A key is a path such as {@code hostname}, {@code namespaces[0]} or {@code environment.PATH}; a value is YAML.
 */
final class Overrides {
    private static final String FILE = "--set";
    private static final Pattern SEGMENT =
            Pattern.compile("\\G(?:([^.\\[\\]]+)|\\[([0-9]{1,4})])(?:[.](?=[^.\\[])|(?=\\[)|$)");

    private final Diagnostics diagnostics;

    Overrides(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** The tree with all settings in it, the later over the earlier. */
    Mapping apply(Mapping root, List<String> settings) {
        SourceText source = new SourceText(FILE, String.join("\n", settings));
        Mapping result = root;
        int start = 0;
        for (String setting : settings) {
            result = apply(result, source, start, setting);
            start += setting.length() + 1;
        }
        return result;
    }

    private Mapping apply(Mapping root, SourceText source, int start, String setting) {
        Place whole = new Place(source, start, start + setting.length());
        int equals = setting.indexOf('=');
        if (equals < 0) {
            report(whole, "", "a setting is KEY=VALUE, and this has no '='", "write hostname=box");
            return root;
        }
        Optional<List<Step>> path = parse(setting.substring(0, equals));
        Place key = new Place(source, start, start + equals);
        if (path.isEmpty()) {
            String shown = Printable.quote(setting.substring(0, equals));
            report(
                    key,
                    "",
                    shown + " is not the path of a key",
                    "write it as in hostname, namespaces[0] or environment.PATH");
            return root;
        }
        int valueStart = start + equals + 1;
        Diagnostics own = new Diagnostics(FILE);
        Optional<YamlNode> value = YamlComposer.compose(source, valueStart, start + setting.length(), own);
        own.sorted().forEach(diagnostics::add);
        if (own.hasErrors()) {
            return root;
        }
        YamlNode node =
                value.orElseGet(() -> new Scalar(new Place(source, valueStart, valueStart), "", ScalarType.NULL, true));
        return (Mapping) put(root, path.get(), 0, node, key);
    }

    /** One step of a path: a key, or an index. */
    private record Step(String name, int index) {
        boolean isIndex() {
            return index >= 0;
        }

        String after(String path) {
            return isIndex() ? path + "[" + index + "]" : path.isEmpty() ? name : path + "." + name;
        }
    }

    /** The steps; the name of a variable is taken whole, since it may hold dots. */
    private static Optional<List<Step>> parse(String path) {
        String variables = Key.ENVIRONMENT.word() + ".";
        if (path.startsWith(variables) && path.length() > variables.length()) {
            return Optional.of(
                    List.of(new Step(Key.ENVIRONMENT.word(), -1), new Step(path.substring(variables.length()), -1)));
        }
        List<Step> steps = new ArrayList<>();
        Matcher matcher = SEGMENT.matcher(path);
        int end = 0;
        while (end < path.length() && matcher.find()) {
            String index = matcher.group(2);
            steps.add(index == null ? new Step(matcher.group(1), -1) : new Step("", Integer.parseInt(index)));
            end = matcher.end();
        }
        boolean whole =
                end == path.length() && !steps.isEmpty() && !steps.get(0).isIndex();
        return whole ? Optional.of(steps) : Optional.empty();
    }

    private YamlNode put(@Nullable YamlNode at, List<Step> path, int depth, YamlNode value, Place key) {
        if (depth == path.size()) {
            return value;
        }
        Step step = path.get(depth);
        if (at == null || (at instanceof Scalar scalar && scalar.isNull())) {
            return step.isIndex()
                    ? putItem(List.of(), key, path, depth, value, key)
                    : putEntry(List.of(), key, path, depth, value, key);
        }
        if (step.isIndex() && at instanceof Sequence list) {
            return putItem(list.items(), list.place(), path, depth, value, key);
        }
        if (!step.isIndex() && at instanceof Mapping mapping) {
            return putEntry(mapping.entries(), mapping.place(), path, depth, value, key);
        }
        if (!step.isIndex()
                && at instanceof Sequence list
                && depth == 1
                && path.get(0).name().equals(Key.ENVIRONMENT.word())) {
            return putVariable(list, step.name(), value, key);
        }
        String where = prefix(path, depth);
        report(
                key,
                where,
                "'" + where + "' is " + at.describe() + ", so '" + prefix(path, depth + 1) + "' is no part of it",
                "set '" + where + "' as a whole");
        return at;
    }

    private YamlNode putItem(List<YamlNode> items, Place place, List<Step> path, int depth, YamlNode value, Place key) {
        int index = path.get(depth).index();
        List<YamlNode> changed = new ArrayList<>(items);
        if (index > items.size()) {
            String where = prefix(path, depth);
            report(
                    key,
                    prefix(path, depth + 1),
                    "'" + where + "' ends before [" + index + "]",
                    "[" + items.size() + "] adds one");
        } else if (index == items.size()) {
            changed.add(put(null, path, depth + 1, value, key));
        } else {
            changed.set(index, put(items.get(index), path, depth + 1, value, key));
        }
        return Sequence.of(place, changed);
    }

    private YamlNode putEntry(List<Entry> entries, Place place, List<Step> path, int depth, YamlNode value, Place key) {
        String name = path.get(depth).name();
        List<Entry> changed = new ArrayList<>();
        boolean found = false;
        boolean last = depth == path.size() - 1;
        Scalar keyNode = new Scalar(key, name, ScalarType.TEXT, true);
        for (Entry entry : entries) {
            if (entry.key().text().equals(name)) {
                found = true;
                changed.add(new Entry(last ? keyNode : entry.key(), put(entry.value(), path, depth + 1, value, key)));
            } else {
                changed.add(entry);
            }
        }
        if (!found) {
            changed.add(new Entry(keyNode, put(null, path, depth + 1, value, key)));
        }
        return Mapping.of(place, changed);
    }

    /** In an environment that is a list, the entry of the same name is replaced. */
    private YamlNode putVariable(Sequence list, String name, YamlNode value, Place key) {
        if (!(value instanceof Scalar scalar)) {
            report(
                    key,
                    Key.ENVIRONMENT.word() + "." + Printable.of(name),
                    "a variable has one value, not " + value.describe(),
                    "put it in quotes");
            return list;
        }
        String text = scalar.isNull() ? name : name + "=" + scalar.text();
        Place place = new Place(
                key.source(), key.start(), Math.max(key.end(), scalar.place().end()));
        Scalar entry = new Scalar(place, text, ScalarType.TEXT, true);
        List<YamlNode> changed = new ArrayList<>();
        boolean found = false;
        for (YamlNode item : list.items()) {
            boolean same = item instanceof Scalar s
                    && (s.text().equals(name) || s.text().startsWith(name + "="));
            if (!same) {
                changed.add(item);
            } else if (!found) {
                changed.add(entry);
                found = true;
            }
        }
        if (!found) {
            changed.add(entry);
        }
        return Sequence.of(list.place(), changed);
    }

    private static String prefix(List<Step> path, int steps) {
        String result = "";
        for (Step step : path.subList(0, steps)) {
            result = step.after(result);
        }
        return Printable.of(result);
    }

    private void report(Place place, String path, String message, String help) {
        diagnostics.add(Diagnostic.at(Severity.ERROR, Code.INVALID_OVERRIDE, place.span(), path, message)
                .withHelp(help));
    }
}
