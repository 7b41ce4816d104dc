package io.nsbox.text;

import io.nsbox.spec.Key;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The part of the JSON Schema about what the sandbox's control group may use. */
final class GroupLimitsSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private GroupLimitsSchema() {}

    static ObjectNode property(Key key) {
        return switch (key) {
            case MEM_LIMIT -> size(GroupLimitsReader.LEAST_MEMORY);
            case MEM_RESERVATION -> size(0);
            case MEMSWAP_LIMIT -> {
                ObjectNode either = JSON.objectNode();
                either.putArray("anyOf")
                        .add(size(GroupLimitsReader.LEAST_MEMORY))
                        .add(JSON.objectNode().put("const", -1));
                yield either;
            }
            case CPUS -> {
                ObjectNode either = JSON.objectNode();
                either.putArray("anyOf")
                        .add(JSON.objectNode()
                                .put("type", "number")
                                .put("minimum", 0.01)
                                .put("maximum", GroupLimitsReader.MOST_CPUS))
                        .add(string(GroupLimitsReader.CPUS_PATTERN));
                yield either;
            }
            case CPUSET -> {
                ObjectNode either = JSON.objectNode();
                either.putArray("anyOf")
                        .add(integer(0, GroupLimitsReader.MOST_CPUS - 1))
                        .add(string(GroupLimitsReader.CPUSET_PATTERN)
                                .put("maxLength", GroupLimitsReader.LONGEST_CPUSET));
                yield either;
            }
            case CPU_WEIGHT -> integer(GroupLimitsReader.LOWEST_WEIGHT, GroupLimitsReader.HIGHEST_WEIGHT);
            case PIDS_LIMIT -> integer(1, GroupLimitsReader.MOST_PIDS);
            case CGROUP_PARENT -> string(GroupLimitsReader.PARENT_PATTERN);
            default -> throw new IllegalStateException("no key of this schema: " + key);
        };
    }

    private static ObjectNode size(long least) {
        ObjectNode either = JSON.objectNode();
        either.putArray("anyOf").add(integer(least, Long.MAX_VALUE)).add(string(SizeReader.PATTERN));
        return either;
    }

    private static ObjectNode integer(long lowest, long highest) {
        return JSON.objectNode().put("type", "integer").put("minimum", lowest).put("maximum", highest);
    }

    private static ObjectNode string(String pattern) {
        return JSON.objectNode().put("type", "string").put("pattern", pattern);
    }
}
