package io.nsbox.text;

import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Sequence;

/** Finds the node at a path such as {@code uid_map[0].count}. */
final class NodePath {
    private NodePath() {}

    /** The node, or the innermost one that is there. */
    static YamlNode find(YamlNode root, String path) {
        YamlNode node = root;
        for (String step : path.split("[.]|(?=\\[)")) {
            YamlNode next = null;
            if (node instanceof Sequence list && step.startsWith("[")) {
                int index = Integer.parseInt(step.substring(1, step.length() - 1));
                next = index < list.items().size() ? list.items().get(index) : null;
            } else if (node instanceof Mapping mapping) {
                next = mapping.find(step).map(YamlNode.Entry::value).orElse(null);
            }
            if (next == null) {
                return node;
            }
            node = next;
        }
        return node;
    }
}
