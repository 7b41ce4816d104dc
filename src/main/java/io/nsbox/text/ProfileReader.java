package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.seccomp.Action;
import io.nsbox.seccomp.Comparison;
import io.nsbox.seccomp.Condition;
import io.nsbox.seccomp.ErrnoNames;
import io.nsbox.seccomp.KernelRelease;
import io.nsbox.seccomp.Profile;
import io.nsbox.seccomp.Rule;
import io.nsbox.seccomp.Selector;
import io.nsbox.seccomp.SystemCalls;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import io.nsbox.text.YamlNode.Sequence;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Reads a seccomp profile as Docker and the OCI runtime specification write it.
 *
 * <p>Null counts as absent, since programs write profiles that way. All problems are reported, each at its place.
 */
final class ProfileReader {
    private static final int EPERM = 1;
    /** The kernel cuts larger ones: MAX_ERRNO of linux/err.h. */
    private static final int LARGEST_ERRNO = 4095;

    private static final int LAST_ARGUMENT = 5;

    private static final List<String> KEYS = List.of(
            "defaultAction",
            "defaultErrnoRet",
            "defaultErrno",
            "architectures",
            "archMap",
            "flags",
            "listenerPath",
            "listenerMetadata",
            "syscalls");
    private static final List<String> RULE_KEYS =
            List.of("names", "name", "action", "errnoRet", "errno", "args", "comment", "includes", "excludes");
    private static final List<String> CONDITION_KEYS = List.of("index", "value", "valueTwo", "op");
    private static final List<String> SELECTOR_KEYS = List.of("caps", "arches", "minKernel");
    private static final List<String> ARCH_MAP_KEYS = List.of("architecture", "subArchitectures");

    private final Binding binding;
    private final String prefix;

    /** A reader whose paths in messages start with the prefix. */
    ProfileReader(Binding binding, String prefix) {
        this.binding = binding;
        this.prefix = prefix;
    }

    /** The profile; nothing where a problem was reported. */
    Optional<Profile> read(Mapping root, String name) {
        int before = binding.errorCount();
        onlyKeys(root, prefix, KEYS);
        Optional<YamlNode> defaultAction = value(root, "defaultAction");
        if (defaultAction.isEmpty()) {
            error(
                    Code.MISSING_KEY,
                    root,
                    prefix,
                    "the profile has no 'defaultAction'",
                    "add one, such as \"defaultAction\": \"SCMP_ACT_ERRNO\"");
        }
        Optional<Action> byDefault =
                defaultAction.flatMap(node -> action(node, path("defaultAction"), root, "defaultErrnoRet", prefix));
        architectures(root);
        int flags = flags(root);
        for (String key : List.of("listenerPath", "listenerMetadata")) {
            root.find(key)
                    .filter(entry -> !isNull(entry.value()))
                    .ifPresent(entry -> error(
                            Code.NOT_SUPPORTED,
                            entry.key(),
                            path(key),
                            "'" + key + "' is not supported: no agent is asked",
                            "remove it, and use actions other than SCMP_ACT_NOTIFY"));
        }
        List<Rule> rules = new ArrayList<>();
        list(root, "syscalls", prefix, (node, at) -> rule(node, at)).forEach(rule -> rule.ifPresent(rules::add));
        if (byDefault.isEmpty() || binding.errorCount() > before) {
            return Optional.empty();
        }
        return Optional.of(new Profile(name, byDefault.get(), rules, flags));
    }

    private void error(Code code, YamlNode node, String path, String message, String help) {
        binding.error(code, node, path, message, help);
    }

    private String path(String key) {
        return under(prefix, key);
    }

    private static String under(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof Scalar scalar && scalar.isNull();
    }

    private static Optional<YamlNode> value(Mapping mapping, String key) {
        return mapping.find(key).map(Entry::value).filter(node -> !isNull(node));
    }

    private void onlyKeys(Mapping mapping, String path, List<String> known) {
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (!known.contains(key)) {
                error(
                        Code.UNKNOWN_KEY,
                        entry.key(),
                        under(path, Printable.of(key)),
                        "profiles have no key " + Printable.quote(key)
                                + (path.isEmpty() || path.equals(prefix) ? "" : " in '" + path + "'"),
                        Binding.oneOf(key, known));
            }
        }
    }

    private Optional<Mapping> mapping(YamlNode node, String path) {
        if (node instanceof Mapping mapping) {
            return Optional.of(mapping);
        }
        binding.wrongType(node, path, "an object", "write it as {...}");
        return Optional.empty();
    }

    /** The entries of a list, each read; none where the key is absent or null. */
    private <T> List<T> list(Mapping owner, String key, String path, BiFunction<YamlNode, String, T> read) {
        List<T> all = new ArrayList<>();
        String at = under(path, key);
        value(owner, key).ifPresent(node -> {
            if (!(node instanceof Sequence sequence)) {
                binding.wrongType(node, at, "a list", "write it as [...]");
                return;
            }
            for (int i = 0; i < sequence.items().size(); i++) {
                all.add(read.apply(sequence.items().get(i), at + "[" + i + "]"));
            }
        });
        return all;
    }

    private Optional<Action> action(YamlNode node, String path, Mapping owner, String errnoKey, String ownerPath) {
        Optional<String> word = binding.text(node, path);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        if (word.get().equals("SCMP_ACT_NOTIFY")) {
            error(
                    Code.NOT_SUPPORTED,
                    node,
                    path,
                    "'SCMP_ACT_NOTIFY' is not supported: no agent is asked",
                    "use another action, such as SCMP_ACT_ERRNO");
            return Optional.empty();
        }
        Optional<Action.Kind> kind = binding.choice(node, path, ProfileWords.ACTIONS);
        Optional<YamlNode> errno = value(owner, errnoKey);
        if (kind.isEmpty()) {
            errno.ifPresent(each -> number(each, under(ownerPath, errnoKey), LARGEST_ERRNO));
            return Optional.empty();
        }
        boolean takesErrno = kind.get() == Action.Kind.ERRNO || kind.get() == Action.Kind.TRACE;
        // Docker and podman write a default errno beside every default action.
        if (!takesErrno && errnoKey.startsWith("default")) {
            return Optional.of(new Action(kind.get(), 0));
        }
        Optional<YamlNode> named = errnoName(owner, errnoKey);
        if (!takesErrno && (errno.isPresent() || named.isPresent())) {
            String key = errno.isPresent() ? errnoKey : nameKey(errnoKey);
            error(
                    Code.CONFLICT,
                    errno.or(() -> named).get(),
                    under(ownerPath, key),
                    "'" + word.get() + "' returns no errno",
                    "remove '" + key + "', or use SCMP_ACT_ERRNO");
            return Optional.empty();
        }
        if (!takesErrno) {
            return Optional.of(new Action(kind.get(), 0));
        }
        return errno(errno, named, errnoKey, ownerPath).map(number -> new Action(kind.get(), number));
    }

    /** podman's key for the name of the errno whose number another key gives. */
    private static String nameKey(String errnoKey) {
        return errnoKey.substring(0, errnoKey.length() - "Ret".length());
    }

    private static Optional<YamlNode> errnoName(Mapping owner, String errnoKey) {
        return value(owner, nameKey(errnoKey))
                .filter(node -> !(node instanceof Scalar s && s.text().isEmpty()));
    }

    /** The errno of an action: its number, its name, or both, which then say the same. */
    private Optional<Integer> errno(
            Optional<YamlNode> number, Optional<YamlNode> named, String errnoKey, String ownerPath) {
        int before = binding.errorCount();
        Optional<Integer> byNumber = number.flatMap(each -> number(each, under(ownerPath, errnoKey), LARGEST_ERRNO))
                .map(Long::intValue);
        String namePath = under(ownerPath, nameKey(errnoKey));
        Optional<Integer> byName = named.flatMap(each -> errnoOf(each, namePath));
        if (binding.errorCount() > before) {
            return Optional.empty();
        }
        if (byNumber.isPresent() && byName.isPresent() && !byNumber.equals(byName)) {
            error(
                    Code.CONFLICT,
                    named.get(),
                    namePath,
                    "'" + nameKey(errnoKey) + "' is " + byName.get() + ", and '" + errnoKey + "' is " + byNumber.get(),
                    "remove one of the two");
            return Optional.empty();
        }
        return Optional.of(byName.or(() -> byNumber).orElse(EPERM));
    }

    private Optional<Integer> errnoOf(YamlNode node, String path) {
        Optional<String> name = binding.text(node, path);
        Optional<Integer> number = name.flatMap(ErrnoNames::number);
        if (name.isPresent() && number.isEmpty()) {
            error(
                    Code.UNKNOWN_VALUE,
                    node,
                    path,
                    "no error is called " + Printable.quote(name.get()),
                    Suggestion.nearest(name.get(), ErrnoNames.all())
                            .map(near -> "did you mean '" + near + "'?")
                            .orElse("names are those of errno(3)"));
        }
        return number;
    }

    private Optional<Long> number(YamlNode node, String path, long largest) {
        Optional<Long> number = binding.integer(node, path);
        if (number.isPresent() && (number.get() < 0 || number.get() > largest)) {
            error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' must be between 0 and " + largest + ", not " + Binding.written(node),
                    "correct the number");
            return Optional.empty();
        }
        return number;
    }

    /** The calls of other architectures are never let through, so only the spelling matters. */
    private void architectures(Mapping root) {
        list(root, "architectures", prefix, (node, at) -> binding.choice(node, at, ProfileWords.ARCHITECTURES));
        list(
                root,
                "archMap",
                prefix,
                (node, at) -> mapping(node, at).map(entry -> {
                    onlyKeys(entry, at, ARCH_MAP_KEYS);
                    value(entry, "architecture")
                            .ifPresent(arch ->
                                    binding.choice(arch, under(at, "architecture"), ProfileWords.ARCHITECTURES));
                    return list(
                            entry,
                            "subArchitectures",
                            at,
                            (sub, place) -> binding.choice(sub, place, ProfileWords.ARCHITECTURES));
                }));
        Optional<YamlNode> both = value(root, "archMap")
                .filter(node -> value(root, "architectures")
                        .filter(other ->
                                !(other instanceof Sequence s && s.items().isEmpty()))
                        .isPresent());
        both.ifPresent(node -> error(
                Code.CONFLICT,
                node,
                path("archMap"),
                "the profile has both 'architectures' and 'archMap'",
                "remove one of the two"));
    }

    private int flags(Mapping root) {
        int flags = 0;
        for (Optional<Integer> flag :
                list(root, "flags", prefix, (node, at) -> binding.choice(node, at, ProfileWords.FLAGS))) {
            flags |= flag.orElse(0);
        }
        return flags;
    }

    private Optional<Rule> rule(YamlNode node, String path) {
        int before = binding.errorCount();
        Optional<Mapping> object = mapping(node, path);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        Mapping rule = object.get();
        onlyKeys(rule, path, RULE_KEYS);
        List<String> names = names(rule, path);
        Optional<YamlNode> actionNode = value(rule, "action");
        if (actionNode.isEmpty()) {
            error(
                    Code.MISSING_KEY,
                    rule,
                    under(path, "action"),
                    "'" + path + "' has no 'action'",
                    "add one, such as \"action\": \"SCMP_ACT_ALLOW\"");
        }
        Optional<Action> action =
                actionNode.flatMap(each -> action(each, under(path, "action"), rule, "errnoRet", path));
        List<Condition> conditions = new ArrayList<>();
        list(rule, "args", path, this::condition).forEach(condition -> condition.ifPresent(conditions::add));
        Selector includes = selector(rule, "includes", path);
        Selector excludes = selector(rule, "excludes", path);
        if (action.isEmpty() || binding.errorCount() > before) {
            return Optional.empty();
        }
        return Optional.of(new Rule(names, action.get(), conditions, includes, excludes));
    }

    private List<String> names(Mapping rule, String path) {
        Optional<YamlNode> single = value(rule, "name")
                .filter(node -> !(node instanceof Scalar s && s.text().isEmpty()));
        Set<String> names = new LinkedHashSet<>();
        list(rule, "names", path, this::name).forEach(name -> name.ifPresent(names::add));
        boolean several = value(rule, "names")
                .filter(node -> !(node instanceof Sequence s && s.items().isEmpty()))
                .isPresent();
        if (single.isPresent() && several) {
            error(
                    Code.CONFLICT,
                    single.get(),
                    under(path, "name"),
                    "'" + path + "' has both 'name' and 'names'",
                    "remove one of the two");
        } else if (single.isPresent()) {
            name(single.get(), under(path, "name")).ifPresent(names::add);
        } else if (!several) {
            error(
                    Code.MISSING_KEY,
                    rule,
                    under(path, "names"),
                    "'" + path + "' names no system call",
                    "add some, such as \"names\": [\"read\", \"write\"]");
        }
        return List.copyOf(names);
    }

    private Optional<String> name(YamlNode node, String path) {
        Optional<String> name = binding.text(node, path);
        if (name.isEmpty() || SystemCalls.find(name.get()).isPresent()) {
            return name;
        }
        error(
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
        Optional<Mapping> object = mapping(node, path);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        Mapping condition = object.get();
        onlyKeys(condition, path, CONDITION_KEYS);
        for (String key : List.of("index", "value", "op")) {
            if (value(condition, key).isEmpty()) {
                error(
                        Code.MISSING_KEY,
                        condition,
                        under(path, key),
                        "'" + path + "' has no '" + key + "'",
                        "a condition is such as {\"index\": 1, \"value\": 21522, \"op\": \"SCMP_CMP_EQ\"}");
            }
        }
        Optional<Long> index =
                value(condition, "index").flatMap(each -> number(each, under(path, "index"), LAST_ARGUMENT));
        Optional<Long> value = value(condition, "value").flatMap(each -> unsigned(each, under(path, "value")));
        Optional<Comparison> comparison = value(condition, "op")
                .flatMap(each -> binding.choice(each, under(path, "op"), ProfileWords.COMPARISONS));
        Optional<YamlNode> second = value(condition, "valueTwo");
        Optional<Long> valueTwo = second.isEmpty() ? Optional.of(0L) : unsigned(second.get(), under(path, "valueTwo"));
        if (index.isEmpty() || value.isEmpty() || comparison.isEmpty() || valueTwo.isEmpty()) {
            return Optional.empty();
        }
        boolean masked = comparison.get() == Comparison.MASKED_EQ;
        if (masked && (valueTwo.get() & ~value.get()) != 0) {
            binding.report(binding.problem(
                            Severity.WARNING,
                            Code.CONFLICT,
                            second.get(),
                            under(path, "valueTwo"),
                            "'valueTwo' has bits that the mask in 'value' has not: they do not count")
                    .withHelp("for SCMP_CMP_MASKED_EQ 'value' is the mask, and 'valueTwo' what the masked bits are"));
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
            error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' must be between 0 and 18446744073709551615, not " + Printable.of(text),
                    "a negative number is written as what its 64 bits are without a sign");
            return Optional.empty();
        }
        binding.wrongType(node, path, "a whole number", "write it in digits, without quotes");
        return Optional.empty();
    }

    private Selector selector(Mapping rule, String key, String path) {
        String at = under(path, key);
        Optional<Mapping> found = value(rule, key).flatMap(node -> mapping(node, at));
        if (found.isEmpty()) {
            return Selector.NONE;
        }
        Mapping selector = found.get();
        onlyKeys(selector, at, SELECTOR_KEYS);
        Set<String> caps = new LinkedHashSet<>();
        list(selector, "caps", at, (node, place) -> binding.choice(node, place, ProfileWords.CAPABILITIES))
                .forEach(cap -> cap.ifPresent(caps::add));
        Set<String> arches = new LinkedHashSet<>();
        list(selector, "arches", at, (node, place) -> binding.choice(node, place, ProfileWords.GO_ARCHITECTURES))
                .forEach(arch -> arch.ifPresent(arches::add));
        Optional<KernelRelease> kernel =
                value(selector, "minKernel").flatMap(node -> kernel(node, under(at, "minKernel")));
        return new Selector(caps, arches, kernel);
    }

    private Optional<KernelRelease> kernel(YamlNode node, String path) {
        Optional<String> text = binding.text(node, path);
        Optional<KernelRelease> kernel = text.flatMap(KernelRelease::parse);
        if (text.isPresent() && kernel.isEmpty()) {
            error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    Printable.quote(text.get()) + " is no version of the kernel",
                    "write two numbers, such as \"4.8\"");
        }
        return kernel;
    }

    /** A map whose values are its keys. */
    static Map<String, String> themselves(List<String> words) {
        Map<String, String> map = new LinkedHashMap<>();
        words.forEach(word -> map.put(word, word));
        return map;
    }
}
