package io.nsbox.text;

import io.nsbox.seccomp.ErrnoNames;
import io.nsbox.seccomp.SystemCalls;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The part of the JSON Schema that is about {@code seccomp}. */
final class SeccompSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SeccompSchema() {}

    static ObjectNode key() {
        ObjectNode word = JSON.objectNode();
        word.put("type", "string").put("pattern", "^(?![\\s\\S]*\\$\\{)(?!~[^/])[\\s\\S]");
        ObjectNode schema = JSON.objectNode();
        schema.putArray("anyOf").add(word).add(profile());
        return schema;
    }

    private static ObjectNode profile() {
        ObjectNode properties = JSON.objectNode();
        properties.set("defaultAction", words(ProfileWords.ACTIONS.keySet()));
        properties.set("defaultErrnoRet", integer(0, 4095));
        properties.set("defaultErrno", words(ErrnoNames.all()));
        ObjectNode architectures = words(ProfileWords.ARCHITECTURES.keySet());
        properties.set("architectures", list(architectures));
        ObjectNode map = JSON.objectNode();
        map.set("architecture", architectures);
        map.set("subArchitectures", list(architectures));
        properties.set("archMap", list(object(map)));
        properties.set(
                "flags",
                list(words(ProfileWords.FLAGS.keySet().stream().sorted().toList())));
        properties.set("syscalls", list(rule()));
        ObjectNode profile = object(properties);
        profile.putArray("required").add("defaultAction");
        return profile;
    }

    private static ObjectNode rule() {
        ObjectNode name = words(SystemCalls.names());
        ObjectNode properties = JSON.objectNode();
        properties.set("names", list(name));
        properties.set("name", name);
        properties.set("action", words(ProfileWords.ACTIONS.keySet()));
        properties.set("errnoRet", integer(0, 4095));
        properties.set("errno", words(ErrnoNames.all()));
        properties.set("args", list(condition()));
        properties.putObject("comment");
        properties.set("includes", selector());
        properties.set("excludes", selector());
        ObjectNode rule = object(properties);
        rule.putArray("required").add("action");
        ArrayNode either = rule.putArray("anyOf");
        either.addObject().putArray("required").add("names");
        either.addObject().putArray("required").add("name");
        return rule;
    }

    private static ObjectNode condition() {
        ObjectNode properties = JSON.objectNode();
        properties.set("index", integer(0, 5));
        for (String value : List.of("value", "valueTwo")) {
            properties.putObject(value).put("type", "integer").put("minimum", 0);
        }
        properties.set("op", words(ProfileWords.COMPARISONS.keySet()));
        ObjectNode condition = object(properties);
        condition.putArray("required").add("index").add("value").add("op");
        return condition;
    }

    private static ObjectNode selector() {
        ObjectNode properties = JSON.objectNode();
        properties.set("caps", list(words(ProfileWords.CAPABILITIES.keySet())));
        properties.set("arches", list(words(ProfileWords.GO_ARCHITECTURES.keySet())));
        properties.putObject("minKernel").put("type", "string").put("pattern", "^[0-9]{1,4}[.][0-9]{1,4}$");
        return object(properties);
    }

    private static ObjectNode object(ObjectNode properties) {
        ObjectNode schema = JSON.objectNode();
        schema.putArray("type").add("object").add("null");
        schema.set("properties", properties);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static ObjectNode list(ObjectNode items) {
        ObjectNode schema = JSON.objectNode();
        schema.putArray("type").add("array").add("null");
        schema.set("items", items);
        return schema;
    }

    private static ObjectNode integer(int min, int max) {
        return JSON.objectNode().put("type", "integer").put("minimum", min).put("maximum", max);
    }

    private static ObjectNode words(Collection<String> words) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode all = schema.putArray("enum");
        words.forEach(all::add);
        return schema;
    }
}
