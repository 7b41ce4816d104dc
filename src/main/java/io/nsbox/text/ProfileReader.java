package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.seccomp.Action;
import io.nsbox.seccomp.Profile;
import io.nsbox.seccomp.Rule;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a seccomp profile as Docker and the OCI runtime specification write it.
 *
 * <p>Null counts as absent, since programs write profiles that way. All problems are reported, each at its place.
 */
final class ProfileReader {
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
    private static final List<String> ARCH_MAP_KEYS = List.of("architecture", "subArchitectures");

    private final Binding binding;
    private final String prefix;
    private final ProfileObjects objects;
    private final ActionReader actions;
    private final RuleReader rules;

    /** A reader whose paths in messages start with the prefix. */
    ProfileReader(Binding binding, String prefix) {
        this.binding = binding;
        this.prefix = prefix;
        objects = new ProfileObjects(binding, prefix);
        actions = new ActionReader(objects);
        rules = new RuleReader(objects, actions);
    }

    /** The profile; nothing where a problem was reported. */
    Optional<Profile> read(Mapping root, String name) {
        int before = binding.errorCount();
        objects.onlyKeys(root, prefix, KEYS);
        Optional<YamlNode> defaultAction = ProfileObjects.value(root, "defaultAction");
        if (defaultAction.isEmpty()) {
            objects.error(
                    Code.MISSING_KEY,
                    root,
                    prefix,
                    "the profile has no 'defaultAction'",
                    "add one, such as \"defaultAction\": \"SCMP_ACT_ERRNO\"");
        }
        Optional<Action> byDefault = defaultAction.flatMap(
                node -> actions.read(node, objects.path("defaultAction"), root, "defaultErrnoRet", prefix));
        architectures(root);
        int flags = flags(root);
        for (String key : List.of("listenerPath", "listenerMetadata")) {
            root.find(key)
                    .filter(entry -> !ProfileObjects.isNull(entry.value()))
                    .ifPresent(entry -> objects.error(
                            Code.NOT_SUPPORTED,
                            entry.key(),
                            objects.path(key),
                            "'" + key + "' is not supported: no agent is asked",
                            "remove it, and use actions other than SCMP_ACT_NOTIFY"));
        }
        List<Rule> read = new ArrayList<>();
        objects.list(root, "syscalls", prefix, rules::read).forEach(rule -> rule.ifPresent(read::add));
        if (byDefault.isEmpty() || binding.errorCount() > before) {
            return Optional.empty();
        }
        return Optional.of(new Profile(name, byDefault.get(), read, flags));
    }

    /** The calls of other architectures are never let through, so only the spelling matters. */
    private void architectures(Mapping root) {
        objects.list(root, "architectures", prefix, (node, at) -> binding.choice(node, at, ProfileWords.ARCHITECTURES));
        objects.list(
                root,
                "archMap",
                prefix,
                (node, at) -> objects.mapping(node, at).map(entry -> {
                    objects.onlyKeys(entry, at, ARCH_MAP_KEYS);
                    ProfileObjects.value(entry, "architecture")
                            .ifPresent(arch -> binding.choice(
                                    arch, ProfileObjects.under(at, "architecture"), ProfileWords.ARCHITECTURES));
                    return objects.list(
                            entry,
                            "subArchitectures",
                            at,
                            (sub, place) -> binding.choice(sub, place, ProfileWords.ARCHITECTURES));
                }));
        Optional<YamlNode> both = ProfileObjects.value(root, "archMap")
                .filter(node -> ProfileObjects.value(root, "architectures")
                        .filter(other ->
                                !(other instanceof Sequence s && s.items().isEmpty()))
                        .isPresent());
        both.ifPresent(node -> objects.error(
                Code.CONFLICT,
                node,
                objects.path("archMap"),
                "the profile has both 'architectures' and 'archMap'",
                "remove one of the two"));
    }

    private int flags(Mapping root) {
        int flags = 0;
        for (Optional<Integer> flag :
                objects.list(root, "flags", prefix, (node, at) -> binding.choice(node, at, ProfileWords.FLAGS))) {
            flags |= flag.orElse(0);
        }
        return flags;
    }
}
