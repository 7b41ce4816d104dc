package io.nsbox.text;

import io.nsbox.spec.IdRange;
import io.nsbox.spec.Key;
import io.nsbox.spec.Landlock;
import io.nsbox.spec.LinuxCapability;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.Sysctls;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The part of the JSON Schema about what the command is and may do. */
final class ConfinementSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String SIGNED_DURATION = DurationReader.PATTERN.replace("^", "^-?");

    private ConfinementSchema() {}

    static ObjectNode property(Key key) {
        return switch (key) {
            case USER -> user();
            case GROUP_ADD -> list(integer(0, IdRange.HIGHEST_ID)).put("maxItems", UserReader.MOST_GROUPS);
            case UMASK -> string(ConfinementReader.UMASK_PATTERN);
            case CAP_DROP, CAP_ADD -> capabilities();
            case LANDLOCK -> landlock();
            case ULIMITS -> ulimits();
            case OOM_SCORE_ADJ -> integer(ConfinementReader.LOWEST_OOM_SCORE, ConfinementReader.HIGHEST_OOM_SCORE);
            case NICE -> integer(ConfinementReader.LOWEST_NICE, ConfinementReader.HIGHEST_NICE);
            case SYSCTLS -> sysctls();
            case TIME_OFFSETS -> timeOffsets();
            default -> throw new IllegalStateException("no key of this schema: " + key);
        };
    }

    private static ObjectNode user() {
        ObjectNode map = object();
        ObjectNode ids = map.putObject("properties");
        ids.set("uid", integer(0, IdRange.HIGHEST_ID));
        ids.set("gid", integer(0, IdRange.HIGHEST_ID));
        map.putArray("required").add("uid");
        String id = "([0-9]{1,9}|[1-3][0-9]{9}|4[01][0-9]{8}|42[0-8][0-9]{7}|429[0-3][0-9]{6}|4294[0-8][0-9]{5}"
                + "|42949[0-5][0-9]{4}|429496[0-6][0-9]{3}|4294967[01][0-9]{2}|42949672[0-8][0-9]|429496729[0-4])";
        return anyOf(integer(0, IdRange.HIGHEST_ID), string("^" + id + "(:" + id + ")?$"), map);
    }

    private static ObjectNode capabilities() {
        List<String> words = new ArrayList<>(List.of("ALL"));
        for (LinuxCapability capability : LinuxCapability.values()) {
            words.add(capability.name());
            words.add(capability.word());
        }
        ObjectNode names = JSON.objectNode();
        ArrayNode list = names.putArray("enum");
        words.forEach(list::add);
        StringBuilder anyCase = new StringBuilder();
        for (char c : String.join("|", words).toCharArray()) {
            char lower = String.valueOf(c).toLowerCase(Locale.ROOT).charAt(0);
            anyCase.append(Character.isLetter(c) ? "[" + c + lower + "]" : String.valueOf(c));
        }
        return list(anyOf(names, string("^(" + anyCase + ")$")));
    }

    private static ObjectNode landlock() {
        ObjectNode paths = list(string("^(?![\\s\\S]*\\$\\{)/[\\s\\S]*$")).put("maxItems", Binding.MOST_WORDS);
        ObjectNode ports = list(integer(0, LandlockReader.HIGHEST_PORT)).put("maxItems", Binding.MOST_WORDS);
        ObjectNode scopes = JSON.objectNode();
        ArrayNode words = scopes.putArray("enum");
        for (Landlock.Scope scope : Landlock.Scope.values()) {
            words.add(scope.word());
        }
        ObjectNode map = object();
        ObjectNode keys = map.putObject("properties");
        keys.set("read", paths.deepCopy().put("description", "Files and folders that may be read."));
        keys.set("write", paths.deepCopy().put("description", "Files and folders that may be changed."));
        keys.set("execute", paths.deepCopy().put("description", "Programs, or folders of them, that may be executed."));
        keys.set("tcp_bind", ports.deepCopy().put("description", "TCP ports that may be bound."));
        keys.set("tcp_connect", ports.deepCopy().put("description", "TCP ports that may be connected to."));
        keys.set("scope", list(scopes).put("description", "What does not reach beyond the sandbox."));
        ArrayNode either = map.putArray("anyOf");
        for (String key : List.of("read", "write", "execute", "tcp_bind", "tcp_connect")) {
            either.addObject().putArray("required").add(key);
        }
        ObjectNode scoped = either.addObject();
        scoped.putArray("required").add("scope");
        scoped.putObject("properties").putObject("scope").put("minItems", 1);
        return map;
    }

    private static ObjectNode ulimits() {
        ObjectNode map = object();
        ObjectNode limits = map.putObject("properties");
        for (ResourceLimit limit : ResourceLimit.values()) {
            ObjectNode value = anyOf(
                    integer(0, Long.MAX_VALUE),
                    JSON.objectNode().put("const", UlimitsReader.UNLIMITED),
                    switch (limit.unit()) {
                        case NUMBER -> JSON.objectNode().put("const", UlimitsReader.UNLIMITED);
                        case BYTES -> string(SizeReader.PATTERN);
                        case SECONDS -> string(DurationReader.PATTERN.replace("([0-9]+ms)?", "([0-9]+000ms)?"));
                        case MICROSECONDS -> string(DurationReader.PATTERN);
                    });
            ObjectNode both = object();
            both.putObject("properties").<ObjectNode>set("soft", value).set("hard", value.deepCopy());
            both.putArray("required").add("soft").add("hard");
            limits.set(limit.word(), anyOf(value.deepCopy(), both));
        }
        return map;
    }

    private static ObjectNode sysctls() {
        ObjectNode map = JSON.objectNode().put("type", "object").put("maxProperties", Binding.MOST_STEPS);
        map.putObject("propertyNames").put("pattern", "^" + Sysctls.PATTERN + "$");
        ObjectNode value = JSON.objectNode();
        value.putArray("type").add("string").add("number");
        value.put("pattern", "^(?!.*\\$\\{).*[^\\s].*$");
        map.set("additionalProperties", value);
        return map;
    }

    private static ObjectNode timeOffsets() {
        ObjectNode map = object();
        ObjectNode clocks = map.putObject("properties");
        clocks.set("monotonic", string(SIGNED_DURATION));
        clocks.set("boottime", string(SIGNED_DURATION));
        ArrayNode either = map.putArray("anyOf");
        either.addObject().putArray("required").add("monotonic");
        either.addObject().putArray("required").add("boottime");
        return map;
    }

    /** The rules of {@code ConfinementRules} that a schema can say. */
    static void addRules(ArrayNode rules) {
        parameters(rules, Namespace.NETWORK, "^net[.]");
        parameters(rules, Namespace.IPC, "^(kernel|fs)[.]");
        ObjectNode lock = rules.addObject();
        lock.put("$comment", "'landlock' wants 'no_new_privileges'");
        lock.putObject("if").putArray("required").add(Key.LANDLOCK.word());
        lock.putObject("then")
                .putObject("properties")
                .putObject(Key.NO_NEW_PRIVILEGES.word())
                .put("const", true);
        ObjectNode mount = rules.addObject();
        mount.put("$comment", "a new 'user' namespace has no right over a joined 'mount' namespace");
        mount.set("if", SchemaGenerator.joins(Namespace.MOUNT));
        mount.putObject("then").set("not", SchemaGenerator.lists(Namespace.USER));
    }

    private static void parameters(ArrayNode rules, Namespace namespace, String pattern) {
        ObjectNode rule = rules.addObject();
        rule.put("$comment", "these kernel parameters need '" + namespace.word() + "'");
        ObjectNode condition = rule.putObject("if");
        condition.putArray("required").add(Key.SYSCTLS.word());
        ObjectNode others = condition.putObject("properties").putObject(Key.SYSCTLS.word());
        others.putObject("not").putObject("propertyNames").putObject("not").put("pattern", pattern);
        rule.set("then", SchemaGenerator.lists(namespace));
    }

    private static ObjectNode object() {
        return JSON.objectNode().put("type", "object").put("additionalProperties", false);
    }

    private static ObjectNode list(ObjectNode items) {
        ObjectNode list = JSON.objectNode().put("type", "array").put("uniqueItems", true);
        list.set("items", items);
        return list;
    }

    private static ObjectNode string(String pattern) {
        return JSON.objectNode().put("type", "string").put("pattern", pattern);
    }

    private static ObjectNode integer(long min, long max) {
        return JSON.objectNode().put("type", "integer").put("minimum", min).put("maximum", max);
    }

    private static ObjectNode anyOf(ObjectNode... schemas) {
        return SchemaGenerator.either(schemas);
    }
}
