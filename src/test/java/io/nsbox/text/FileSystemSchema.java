package io.nsbox.text;

import io.nsbox.spec.ByteSize;
import io.nsbox.spec.Key;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The part of the JSON Schema about the sandbox's root and what is mounted in it. */
final class FileSystemSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** No part is {@code ..}, and one is more than a dot. */
    private static final String TARGET = "(?!/(?:\\.?/)*\\.?(?::|$))(?![^:]*/\\.\\.(?:/|:|$))/[^:]*";

    private static final String SIZE = "^(?=.*[1-9])" + ByteSize.PATTERN + "$";
    private static final String MODE = "0{0,2}[0-7]{1,4}";

    private FileSystemSchema() {}

    static ObjectNode property(Key key) {
        return switch (key) {
            case ROOTFS -> rootfs();
            case MOUNTS -> mounts();
            case TMPFS -> tmpfs();
            default -> throw new IllegalStateException("no key of this schema: " + key);
        };
    }

    private static ObjectNode hostPath() {
        return string().put("pattern", "^" + SchemaGenerator.NO_VARIABLE + "(?!~[^/])[\\s\\S]+$");
    }

    private static ObjectNode target() {
        return string().put(
                        "pattern",
                        "^" + SchemaGenerator.NO_VARIABLE
                                + TARGET.replace("[^:]", "[\\s\\S]").replace(":|", "") + "$");
    }

    private static ObjectNode rootfs() {
        ObjectNode map = object();
        ObjectNode properties = map.putObject("properties");
        properties.set("path", hostPath());
        ObjectNode kept = object();
        kept.putObject("properties").<ObjectNode>set("upper", hostPath()).set("work", hostPath());
        kept.putArray("required").add("upper").add("work");
        properties.set("overlay", SchemaGenerator.either(JSON.objectNode().put("const", "tmpfs"), kept));
        map.putArray("required").add("path");
        return SchemaGenerator.either(hostPath(), map);
    }

    private static ObjectNode mounts() {
        List<ObjectNode> forms = new ArrayList<>();
        forms.add(string().put(
                        "pattern",
                        "^" + SchemaGenerator.NO_VARIABLE + "(?!~[^/:])[^:]+:" + TARGET + "(?::(?:ro|rw))?$"));
        MountReader.types().forEach((type, keys) -> {
            ObjectNode form = object();
            ObjectNode properties = form.putObject("properties");
            properties.putObject("type").put("const", type);
            ArrayNode required = form.putArray("required").add("type");
            for (String key : keys) {
                properties.set(key, mountKey(type, key));
                if (List.of("target", "source", "lower", "content", "to").contains(key)) {
                    required.add(key);
                }
            }
            if (type.equals("overlay")) {
                ObjectNode together = form.putObject("dependentRequired");
                together.putArray("upper").add("work");
                together.putArray("work").add("upper");
            }
            forms.add(form);
        });
        ObjectNode list = JSON.objectNode().put("type", "array").put("maxItems", Binding.MOST_STEPS);
        list.set("items", SchemaGenerator.either(forms.toArray(ObjectNode[]::new)));
        return list;
    }

    private static ObjectNode mountKey(String type, String key) {
        return switch (key) {
            case "target" -> target();
            case "source", "upper", "work" -> hostPath();
            case "lower" -> {
                ObjectNode list = JSON.objectNode().put("type", "array").put("minItems", 1);
                list.set("items", hostPath());
                yield SchemaGenerator.either(hostPath(), list);
            }
            case "to" -> string().put("pattern", "^" + SchemaGenerator.NO_VARIABLE + "[\\s\\S]+$");
            case "content" -> string();
            case "size" ->
                SchemaGenerator.either(
                        string().put("pattern", SIZE),
                        JSON.objectNode()
                                .put("type", "integer")
                                .put("minimum", 1)
                                .put("maximum", Long.MAX_VALUE));
            case "mode" ->
                string().put(
                                "pattern",
                                switch (type) {
                                    case "tmpfs" -> "^" + MODE + "$";
                                    case "dir" -> "^0{0,2}[01]?[0-7]{1,3}$";
                                    default -> "^0{0,3}[0-7]{1,3}$";
                                });
            default -> JSON.objectNode().put("type", "boolean");
        };
    }

    private static ObjectNode tmpfs() {
        String size = "size=(?=[0-9]*[1-9])" + ByteSize.PATTERN;
        String option = "(?:" + size + "|mode=" + MODE + ")";
        ObjectNode list = JSON.objectNode().put("type", "array").put("maxItems", Binding.MOST_STEPS);
        list.set(
                "items",
                string().put(
                                "pattern",
                                "^" + SchemaGenerator.NO_VARIABLE + TARGET + "(?::" + option + "(?:," + option
                                        + ")*)?$"));
        return list;
    }

    private static ObjectNode object() {
        return JSON.objectNode().put("type", "object").put("additionalProperties", false);
    }

    private static ObjectNode string() {
        return JSON.objectNode().put("type", "string");
    }
}
