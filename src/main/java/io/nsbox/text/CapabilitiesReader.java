package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.CapabilityList;
import io.nsbox.spec.LinuxCapability;
import io.nsbox.text.YamlNode.Sequence;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code cap_drop} and {@code cap_add}: names with or without {@code CAP_}, and {@code ALL}. */
final class CapabilitiesReader {
    private static final String ALL = "ALL";
    private static final String NAMES = "capabilities(7) lists them; ALL is every one";

    private final Binding binding;

    CapabilitiesReader(Binding binding) {
        this.binding = binding;
    }

    CapabilityList read(YamlNode node, String path) {
        List<YamlNode> items = binding.sequence(node, path, "write [NET_RAW], or [ALL]")
                .map(Sequence::items)
                .orElse(List.of());
        Set<LinuxCapability> names = EnumSet.noneOf(LinuxCapability.class);
        Map<String, YamlNode> seen = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            String at = path + "[" + i + "]";
            YamlNode item = items.get(i);
            binding.item(at, item);
            Optional<String> name = binding.text(item, at, text -> false, NAMES).flatMap(word -> find(item, at, word));
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
                                "the capability '" + name.get() + "' is listed twice")
                        .withRelated(before.place().span(), "first listed here")
                        .withHelp("remove one of the two"));
            }
            LinuxCapability.find(name.get()).ifPresent(names::add);
        }
        return new CapabilityList(seen.containsKey(ALL), names);
    }

    /** The name without {@code CAP_}, or {@code ALL}. */
    private Optional<String> find(YamlNode item, String path, String word) {
        if (word.equalsIgnoreCase(ALL)) {
            return Optional.of(ALL);
        }
        Optional<LinuxCapability> known = LinuxCapability.find(word);
        if (known.isEmpty()) {
            String bare = word.toUpperCase(Locale.ROOT).replaceFirst("^CAP_", "");
            binding.error(
                    Code.UNKNOWN_VALUE,
                    item,
                    path,
                    "no capability is called " + Printable.quote(word),
                    Suggestion.nearest(bare, LinuxCapability.words())
                            .map(near -> "did you mean '" + near + "'?")
                            .orElse(NAMES));
        }
        return known.map(Enum::name);
    }
}
