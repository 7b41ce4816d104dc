package io.nsbox.text;

import io.nsbox.seccomp.ErrnoNames;
import io.nsbox.seccomp.SystemCalls;
import java.util.Collection;
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
        properties.set("defaultErrnoRet", orNull(integer(0, 4095)));
        properties.set("defaultErrno", orEmpty(words(ErrnoNames.all())));
        ObjectNode architectures = words(ProfileWords.ARCHITECTURES.keySet());
        properties.set("architectures", list(architectures));
        ObjectNode map = JSON.objectNode();
        map.set("architecture", orNull(architectures));
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
        properties.set("name", orEmpty(name));
        properties.set("action", words(ProfileWords.ACTIONS.keySet()));
        properties.set("errnoRet", orNull(integer(0, 4095)));
        properties.set("errno", orEmpty(words(ErrnoNames.all())));
        properties.set("args", list(condition()));
        properties.putObject("comment");
        properties.set("includes", selector());
        properties.set("excludes", selector());
        ObjectNode rule = object(properties);
        rule.putArray("required").add("action");
        ArrayNode either = rule.putArray("oneOf");
        given(either.addObject(), "names").put("type", "array").put("minItems", 1);
        given(either.addObject(), "name").put("type", "string").put("minLength", 1);
        return rule;
    }

    private static ObjectNode condition() {
        ObjectNode properties = JSON.objectNode();
        properties.set("index", integer(0, 5));
        ObjectNode value = JSON.objectNode().put("type", "integer").put("minimum", 0);
        properties.set("value", value);
        properties.set("valueTwo", orNull(value));
        properties.set("op", words(ProfileWords.COMPARISONS.keySet()));
        ObjectNode condition = object(properties);
        condition.putArray("required").add("index").add("value").add("op");
        return condition;
    }

    private static ObjectNode selector() {
        ObjectNode properties = JSON.objectNode();
        properties.set("caps", list(words(ProfileWords.CAPABILITIES.keySet())));
        properties.set("arches", list(words(ProfileWords.GO_ARCHITECTURES.keySet())));
        ObjectNode kernel = JSON.objectNode().put("type", "string").put("pattern", "^[0-9]{1,4}[.][0-9]{1,4}$");
        properties.set("minKernel", orNull(kernel));
        return orNull(object(properties));
    }

    /** An object that may not be null: an entry of a list, or the profile itself. */
    private static ObjectNode object(ObjectNode properties) {
        ObjectNode schema = JSON.objectNode();
        schema.put("type", "object");
        schema.set("properties", properties);
        schema.put("additionalProperties", false);
        return schema;
    }

    /** Says that an object has a key, and returns what its value must be. */
    private static ObjectNode given(ObjectNode schema, String key) {
        schema.putArray("required").add(key);
        return schema.putObject("properties").putObject(key);
    }

    /** Where a value is not required null counts as none. */
    private static ObjectNode orNull(ObjectNode schema) {
        ObjectNode either = JSON.objectNode();
        either.putArray("anyOf").add(schema).addObject().put("type", "null");
        return either;
    }

    /** So does an empty text for a name. */
    private static ObjectNode orEmpty(ObjectNode words) {
        ObjectNode either = orNull(words);
        ((ArrayNode) either.get("anyOf")).addObject().put("const", "");
        return either;
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
