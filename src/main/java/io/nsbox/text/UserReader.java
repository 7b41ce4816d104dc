package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.User;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code user} and {@code group_add}: ids are numbers, as they are seen inside. */
final class UserReader {
    /** The kernel's NGROUPS_MAX (setgroups(2)). */
    static final int MOST_GROUPS = 65_536;

    private static final Pattern SPELLING = Pattern.compile("([0-9]{1,10})(?::([0-9]{1,10}))?");
    private static final String HELP = "write uid or uid:gid in numbers as they are seen inside, such as 1000:1000";

    private final Binding binding;

    UserReader(Binding binding) {
        this.binding = binding;
    }

    Optional<User> user(YamlNode node, String path) {
        if (node instanceof Mapping mapping) {
            return user(mapping, path);
        }
        if (node instanceof Sequence) {
            binding.wrongType(node, path, "uid:gid or a map", HELP);
            return Optional.empty();
        }
        Optional<String> word = binding.word(node, path);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = SPELLING.matcher(word.get());
        if (!matcher.matches()) {
            binding.error(Code.INVALID_VALUE, node, path, "'user' cannot be " + Printable.quote(word.get()), HELP);
            return Optional.empty();
        }
        OptionalLong gid =
                matcher.group(2) == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(matcher.group(2)));
        User user = new User(Long.parseLong(matcher.group(1)), gid);
        boolean sound = isId(node, path, user.uid(), matcher.group(1))
                && (gid.isEmpty() || isId(node, path, gid.getAsLong(), matcher.group(2)));
        return sound ? Optional.of(user) : Optional.empty();
    }

    private Optional<User> user(Mapping mapping, String path) {
        binding.onlyKeys(mapping, path, List.of("uid", "gid"));
        Optional<Long> uid = part(mapping, path, "uid");
        Optional<Long> gid = part(mapping, path, "gid");
        if (mapping.find("uid").isEmpty()) {
            binding.error(
                    Code.MISSING_KEY, mapping, path, "'" + path + "' needs 'uid'", "write {uid: 1000, gid: 1000}");
        }
        OptionalLong group = gid.isPresent() ? OptionalLong.of(gid.get()) : OptionalLong.empty();
        return uid.map(id -> new User(id, group));
    }

    private Optional<Long> part(Mapping mapping, String path, String key) {
        Optional<Entry> entry = mapping.find(key);
        entry.ifPresent(e -> binding.entry(path + "." + key, e));
        return entry.flatMap(e -> id(e.value(), path + "." + key));
    }

    List<Long> groups(YamlNode node, String path) {
        List<YamlNode> items = binding.sequence(node, path, "write [4, 24]")
                .map(Sequence::items)
                .orElse(List.of());
        if (items.size() > MOST_GROUPS) {
            binding.error(
                    Code.OUT_OF_RANGE,
                    node,
                    path,
                    "'" + path + "' has " + items.size() + " groups",
                    "the kernel takes at most " + MOST_GROUPS);
            return List.of();
        }
        Map<Long, YamlNode> groups = new LinkedHashMap<>();
        for (int i = 0; i < items.size(); i++) {
            YamlNode item = items.get(i);
            String at = path + "[" + i + "]";
            binding.item(at, item);
            Optional<Long> gid = id(item, at);
            YamlNode before = gid.isPresent() ? groups.putIfAbsent(gid.get(), item) : null;
            if (before != null) {
                binding.report(binding.problem(
                                Severity.ERROR,
                                Code.DUPLICATE_ENTRY,
                                item,
                                at,
                                "the group " + gid.get() + " is listed twice")
                        .withRelated(before.place().span(), "first listed here")
                        .withHelp("remove one of the two"));
            }
        }
        return new ArrayList<>(groups.keySet());
    }

    private Optional<Long> id(YamlNode node, String path) {
        return binding.integer(node, path).filter(id -> isId(node, path, id, Binding.written(node)));
    }

    private boolean isId(YamlNode node, String path, long id, String written) {
        if (0 <= id && id <= IdRange.HIGHEST_ID) {
            return true;
        }
        binding.error(
                Code.OUT_OF_RANGE, node, path, written + " is not an id", "ids are from 0 to " + IdRange.HIGHEST_ID);
        return false;
    }
}
