package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.seccomp.Action;
import io.nsbox.seccomp.Comparison;
import io.nsbox.seccomp.Condition;
import io.nsbox.seccomp.KernelRelease;
import io.nsbox.seccomp.Rule;
import io.nsbox.seccomp.Selector;
import io.nsbox.seccomp.SystemCalls;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import io.nsbox.text.YamlNode.Sequence;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one rule of a seccomp profile: which calls, on which conditions, where, and what becomes of them.
 *
 * @param objects the profile
 * @param actions what reads its actions
 */
record RuleReader(ProfileObjects objects, ActionReader actions) {
    private static final int LAST_ARGUMENT = 5;

    private static final List<String> RULE_KEYS =
            List.of("names", "name", "action", "errnoRet", "errno", "args", "comment", "includes", "excludes");
    private static final List<String> CONDITION_KEYS = List.of("index", "value", "valueTwo", "op");
    private static final List<String> SELECTOR_KEYS = List.of("caps", "arches", "minKernel");

    /** The rule; nothing where a problem was reported. */
    Optional<Rule> read(YamlNode node, String path) {
        int before = objects.binding().errorCount();
        Optional<Mapping> object = objects.mapping(node, path);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        Mapping rule = object.get();
        objects.onlyKeys(rule, path, RULE_KEYS);
        List<String> names = names(rule, path);
        Optional<YamlNode> actionNode = ProfileObjects.value(rule, "action");
        if (actionNode.isEmpty()) {
            objects.error(
                    Code.MISSING_KEY,
                    rule,
                    ProfileObjects.under(path, "action"),
                    "'" + path + "' has no 'action'",
                    "add one, such as \"action\": \"SCMP_ACT_ALLOW\"");
        }
        Optional<Action> action = actionNode.flatMap(
                each -> actions.read(each, ProfileObjects.under(path, "action"), rule, "errnoRet", path));
        List<Condition> conditions = new ArrayList<>();
        objects.list(rule, "args", path, this::condition).forEach(condition -> condition.ifPresent(conditions::add));
        Selector includes = selector(rule, "includes", path);
        Selector excludes = selector(rule, "excludes", path);
        if (action.isEmpty() || objects.binding().errorCount() > before) {
            return Optional.empty();
        }
        return Optional.of(new Rule(names, action.get(), conditions, includes, excludes));
    }

    private List<String> names(Mapping rule, String path) {
        Optional<YamlNode> single = ProfileObjects.value(rule, "name")
                .filter(node -> !(node instanceof Scalar s && s.text().isEmpty()));
        Set<String> names = new LinkedHashSet<>();
        objects.list(rule, "names", path, this::name).forEach(name -> name.ifPresent(names::add));
        boolean several = ProfileObjects.value(rule, "names")
                .filter(node -> !(node instanceof Sequence s && s.items().isEmpty()))
                .isPresent();
        if (single.isPresent() && several) {
            objects.error(
                    Code.CONFLICT,
                    single.get(),
                    ProfileObjects.under(path, "name"),
                    "'" + path + "' has both 'name' and 'names'",
                    "remove one of the two");
        } else if (single.isPresent()) {
            name(single.get(), ProfileObjects.under(path, "name")).ifPresent(names::add);
        } else if (!several) {
            objects.error(
                    Code.MISSING_KEY,
                    rule,
                    ProfileObjects.under(path, "names"),
                    "'" + path + "' names no system call",
                    "add some, such as \"names\": [\"read\", \"write\"]");
        }
        return List.copyOf(names);
    }

    private Optional<String> name(YamlNode node, String path) {
        Optional<String> name = objects.binding().text(node, path);
        if (name.isEmpty() || SystemCalls.find(name.get()).isPresent()) {
            return name;
        }
        objects.error(
                Code.UNKNOWN_VALUE,
                node,
                path,
                "no system call is called " + Printable.quote(name.get()),
                Suggestion.nearest(name.get(), SystemCalls.names())
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("names are those of syscalls(2)"));
        return Optional.empty();
    }

    private Optional<Condition> condition(YamlNode node, String path) {
        Optional<Mapping> object = objects.mapping(node, path);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        Mapping condition = object.get();
        objects.onlyKeys(condition, path, CONDITION_KEYS);
        for (String key : List.of("index", "value", "op")) {
            if (ProfileObjects.value(condition, key).isEmpty()) {
                objects.error(
                        Code.MISSING_KEY,
                        condition,
                        ProfileObjects.under(path, key),
                        "'" + path + "' has no '" + key + "'",
                        "a condition is such as {\"index\": 1, \"value\": 21522, \"op\": \"SCMP_CMP_EQ\"}");
            }
        }
        Optional<Long> index = ProfileObjects.value(condition, "index")
                .flatMap(each -> objects.number(each, ProfileObjects.under(path, "index"), LAST_ARGUMENT));
        Optional<Long> value = ProfileObjects.value(condition, "value")
                .flatMap(each -> unsigned(each, ProfileObjects.under(path, "value")));
        Optional<Comparison> comparison = ProfileObjects.value(condition, "op")
                .flatMap(each ->
                        objects.binding().choice(each, ProfileObjects.under(path, "op"), ProfileWords.COMPARISONS));
        Optional<YamlNode> second = ProfileObjects.value(condition, "valueTwo");
        Optional<Long> valueTwo =
                second.isEmpty() ? Optional.of(0L) : unsigned(second.get(), ProfileObjects.under(path, "valueTwo"));
        if (index.isEmpty() || value.isEmpty() || comparison.isEmpty() || valueTwo.isEmpty()) {
            return Optional.empty();
        }
        boolean masked = comparison.get() == Comparison.MASKED_EQ;
        if (masked && (valueTwo.get() & ~value.get()) != 0) {
            objects.binding()
                    .report(
                            objects.binding()
                                    .problem(
                                            Severity.WARNING,
                                            Code.CONFLICT,
                                            second.get(),
                                            ProfileObjects.under(path, "valueTwo"),
                                            "'valueTwo' has bits that the mask in 'value' has not: they do not count")
                                    .withHelp(
                                            "for SCMP_CMP_MASKED_EQ 'value' is the mask, and 'valueTwo' what the masked bits are"));
        }
        long wanted = masked ? valueTwo.get() & value.get() : 0;
        return Optional.of(new Condition((int) (long) index.get(), comparison.get(), value.get(), wanted));
    }

    /** A number of 64 bits without a sign. */
    private Optional<Long> unsigned(YamlNode node, String path) {
        if (node instanceof Scalar scalar && scalar.type() == ScalarType.INT) {
            String text = scalar.text();
            boolean hex = text.startsWith("0x");
            if (text.length() <= 20 && !text.startsWith("0o")) {
                BigInteger number = hex ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
                if (number.signum() >= 0 && number.bitLength() <= Long.SIZE) {
                    return Optional.of(number.longValue());
                }
            }
            objects.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' must be between 0 and 18446744073709551615, not " + Printable.of(text),
                    "a negative number is written as what its 64 bits are without a sign");
            return Optional.empty();
        }
        objects.binding().wrongType(node, path, "a whole number", "write it in digits, without quotes");
        return Optional.empty();
    }

    private Selector selector(Mapping rule, String key, String path) {
        String at = ProfileObjects.under(path, key);
        Optional<Mapping> found = ProfileObjects.value(rule, key).flatMap(node -> objects.mapping(node, at));
        if (found.isEmpty()) {
            return Selector.NONE;
        }
        Mapping selector = found.get();
        objects.onlyKeys(selector, at, SELECTOR_KEYS);
        Set<String> caps = new LinkedHashSet<>();
        objects.list(
                        selector,
                        "caps",
                        at,
                        (node, place) -> objects.binding().choice(node, place, ProfileWords.CAPABILITIES))
                .forEach(cap -> cap.ifPresent(caps::add));
        Set<String> arches = new LinkedHashSet<>();
        objects.list(
                        selector,
                        "arches",
                        at,
                        (node, place) -> objects.binding().choice(node, place, ProfileWords.GO_ARCHITECTURES))
                .forEach(arch -> arch.ifPresent(arches::add));
        Optional<KernelRelease> kernel = ProfileObjects.value(selector, "minKernel")
                .flatMap(node -> kernel(node, ProfileObjects.under(at, "minKernel")));
        return new Selector(caps, arches, kernel);
    }

    private Optional<KernelRelease> kernel(YamlNode node, String path) {
        Optional<String> text = objects.binding().text(node, path);
        Optional<KernelRelease> kernel = text.flatMap(KernelRelease::parse);
        if (text.isPresent() && kernel.isEmpty()) {
            objects.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text.get()) + " is no version of the kernel",
                    "write two numbers, such as \"4.8\"");
        }
        return kernel;
    }
}
