package io.nsbox.text;

import io.nsbox.spec.ByteLength;
import io.nsbox.spec.ByteSize;
import io.nsbox.spec.Dev;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.KernelFileSystem;
import io.nsbox.spec.Key;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.NetworkMode;
import io.nsbox.spec.Propagation;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Signal;
import io.nsbox.spec.Spelling;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the JSON Schema from the table of keys, which has the words, the descriptions and the namespaces needed, and
 * from the constraints on the records. Keys that are not supported yet are absent, so editors refuse them too.
 */
final class SchemaGenerator {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Text that nothing would be put into: interpolation is not supported yet. */
    static final String NO_VARIABLE = "(?![\\s\\S]*\\$\\{)";

    private SchemaGenerator() {}

    static String generate() {
        ObjectNode schema = JSON.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "nsbox spec");
        schema.put("description", "A sandbox for Linux: which namespaces it gets, what is in them, and what runs.");
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (Key key : Key.values()) {
            if (key.isSupported()) {
                ObjectNode property = property(key);
                property.put("description", key.description());
                if (key != Key.SECCOMP) {
                    allowNotes(property);
                }
                properties.set(key.word(), property);
            }
        }
        schema.putObject("patternProperties")
                .putObject("^x-")
                .put("description", "Ignored: a place for anchors and notes.");
        schema.put("additionalProperties", false);
        schema.putArray("required").add(Key.NAMESPACES.word());
        ArrayNode rules = schema.putArray("allOf");
        for (Key key : Key.values()) {
            if (key.isSupported() && key.needs().isPresent()) {
                ObjectNode rule = rules.addObject();
                rule.put(
                        "$comment",
                        "'" + key.word() + "' needs '" + key.needs().get().word() + "'");
                rule.putObject("if").putArray("required").add(key.word());
                rule.set("then", lists(key.needs().get()));
            }
        }
        rules.add(procInAUserNamespace());
        ConfinementSchema.addRules(rules);
        for (KernelFileSystem type : KernelFileSystem.values()) {
            type.shows().ifPresent(namespace -> rules.add(mountInAUserNamespace(type, namespace)));
        }
        rules.add(sizeOfAMinimalDev());
        rules.add(swapBesideMemory());
        rules.add(parentOfALimitedGroup());
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        return JsonMapper.shared().writer().with(printer).writeValueAsString(schema) + "\n";
    }

    private static ObjectNode swapBesideMemory() {
        ObjectNode rule = JSON.objectNode().put("$comment", "'memswap_limit' includes 'mem_limit'");
        rule.putObject("dependentRequired").putArray(Key.MEMSWAP_LIMIT.word()).add(Key.MEM_LIMIT.word());
        return rule;
    }

    private static ObjectNode parentOfALimitedGroup() {
        ObjectNode rule = JSON.objectNode().put("$comment", "'cgroup_parent' takes a limit beside it");
        ArrayNode limits = rule.putObject("dependentSchemas")
                .putObject(Key.CGROUP_PARENT.word())
                .putArray("anyOf");
        Key.LIMITS.forEach(limit -> limits.addObject().putArray("required").add(limit.word()));
        return rule;
    }

    /** Every map of the language's own keys takes notes; one that joins a namespace is an entry of a list. */
    private static void allowNotes(JsonNode schema) {
        if (schema instanceof ObjectNode map
                && map.has("additionalProperties")
                && map.get("additionalProperties").isBoolean()
                && !map.has("maxProperties")) {
            map.putObject("patternProperties").putObject("^x-");
        }
        schema.forEach(SchemaGenerator::allowNotes);
    }

    private static ObjectNode tty() {
        ObjectNode tty = JsonNodeFactory.instance.objectNode();
        tty.putArray("enum").add("auto").add(true).add(false);
        return tty.put("default", "auto");
    }

    private static ObjectNode property(Key key) {
        return switch (key) {
            case VERSION ->
                integer(
                        constraint(SandboxSpec.class, "version", Min.class).value(),
                        constraint(SandboxSpec.class, "version", Max.class).value());
            case NAME -> string().put("pattern", pattern("name"));
            case DESCRIPTION -> string();
            case NAMESPACES -> namespaces();
            case HOSTNAME -> bytes("hostname").put("pattern", pattern("hostname"));
            case DOMAINNAME -> bytes("domainname").put("pattern", "^" + NO_VARIABLE);
            case MOUNT_PROC -> bool(false);
            case INIT -> bool(false);
            case TTY -> tty();
            case NO_NEW_PRIVILEGES -> bool(true);
            case UID_MAP, GID_MAP -> idMap();
            case ROOTFS, MOUNTS, TMPFS -> FileSystemSchema.property(key);
            case READ_ONLY -> bool(false);
            case PROPAGATION ->
                words(Arrays.stream(Propagation.values()).map(Propagation::word).toList())
                        .put("default", Propagation.PRIVATE.word());
            case NETWORK ->
                words(Arrays.stream(NetworkMode.values()).map(NetworkMode::word).toList())
                        .put("default", NetworkMode.LOOPBACK.word());
            case ENVIRONMENT -> environment();
            case INHERIT_ENV -> inheritEnv();
            case WORKING_DIR ->
                string().put(
                                "pattern",
                                "^" + NO_VARIABLE
                                        + component("workingDir", Spelling.class)
                                                .regexp() + "$");
            case COMMAND -> command();
            case STOP_SIGNAL -> stopSignal();
            case STOP_GRACE_PERIOD ->
                string().put("pattern", DurationReader.PATTERN).put("default", "10s");
            case TIMEOUT -> string().put("pattern", DurationReader.PATTERN.replace("^", "^(?=.*[1-9])"));
            case USER,
                    GROUP_ADD,
                    UMASK,
                    CAP_DROP,
                    CAP_ADD,
                    LANDLOCK,
                    ULIMITS,
                    OOM_SCORE_ADJ,
                    NICE,
                    SYSCTLS,
                    TIME_OFFSETS -> ConfinementSchema.property(key);
            case MEM_LIMIT, MEMSWAP_LIMIT, MEM_RESERVATION, CPUS, CPUSET, CPU_WEIGHT, PIDS_LIMIT, CGROUP_PARENT ->
                GroupLimitsSchema.property(key);
            case REPORT -> report();
            case SECCOMP -> SeccompSchema.key();
            case DEV -> words(Arrays.stream(Dev.values()).map(Dev::word).toList());
            case DEVICES -> paths(PathListReader.DEVICE_PATTERN);
            case MASKED_PATHS, READONLY_PATHS -> paths(PathListReader.GUARDED_PATTERN);
            case SHM_SIZE -> size();
            default -> throw new IllegalStateException("a supported key without a schema: " + key);
        };
    }

    private static ObjectNode namespaces() {
        List<String> names =
                Arrays.stream(Namespace.values()).map(Namespace::word).toList();
        ObjectNode all = JSON.objectNode().put("const", "all");
        ObjectNode join = JSON.objectNode().put("type", "object").put("additionalProperties", false);
        join.put("minProperties", 1).put("maxProperties", 1);
        ObjectNode paths = join.putObject("properties");
        names.forEach(name -> paths.set(name, string().put("pattern", "^(?!~[^/])(?![\\s\\S]*\\$\\{)[\\s\\S]")));
        ObjectNode list = JSON.objectNode().put("type", "array").put("uniqueItems", true);
        list.set("items", anyOf(words(names), join));
        ArrayNode each = list.putArray("allOf");
        for (String name : names) {
            ObjectNode joined = JSON.objectNode().put("type", "object");
            joined.putArray("required").add(name);
            each.addObject()
                    .put("minContains", 0)
                    .put("maxContains", 1)
                    .set("contains", anyOf(JSON.objectNode().put("const", name), joined));
        }
        ObjectNode onlyAll = JSON.objectNode();
        onlyAll.putArray("const").add("all");
        return anyOf(all, list, onlyAll);
    }

    private static ObjectNode idMap() {
        ObjectNode keyword = words(
                Arrays.stream(IdMap.Keyword.values()).map(IdMap.Keyword::word).toList());
        ObjectNode range = JSON.objectNode().put("type", "object").put("additionalProperties", false);
        ObjectNode numbers = range.putObject("properties");
        numbers.set("inside", rangeNumber("inside", "First id inside."));
        numbers.set("outside", rangeNumber("outside", "First id outside."));
        numbers.set(
                "count", rangeNumber("count", "How many ids follow each other.").put("default", 1));
        range.putArray("required").add("inside").add("outside");
        ObjectNode list =
                JSON.objectNode().put("type", "array").put("minItems", 1).put("maxItems", IdMap.Ranges.MOST);
        list.set("items", range);
        return anyOf(keyword, list);
    }

    private static ObjectNode rangeNumber(String component, String description) {
        return integer(
                        constraint(IdRange.class, component, Min.class).value(),
                        constraint(IdRange.class, component, Max.class).value())
                .put("description", description);
    }

    /** A file: neither {@code folder/} nor {@code folder/..}. */
    private static ObjectNode report() {
        return string().put("pattern", "^" + NO_VARIABLE + "(?!~[^/])(?![\\s\\S]*/(?:[.][.])?$)(?![.][.]$)[\\s\\S]+$");
    }

    private static ObjectNode environment() {
        ObjectNode map = JSON.objectNode().put("type", "object");
        map.putObject("propertyNames").put("pattern", "^[^=\\u0000]+$");
        ObjectNode value = types("string", "number", "boolean", "null").put("pattern", "^" + NO_VARIABLE);
        map.set("additionalProperties", value);
        ObjectNode list = JSON.objectNode().put("type", "array");
        list.set("items", string().put("pattern", "^" + NO_VARIABLE + "[^=\\u0000]"));
        return anyOf(map, list);
    }

    private static ObjectNode inheritEnv() {
        ObjectNode list =
                JSON.objectNode().put("type", "array").put("uniqueItems", true).put("maxItems", Binding.MOST_WORDS);
        list.set("items", string().put("pattern", "^[^=*\\u0000]+[*]?$"));
        return anyOf(JSON.objectNode().put("type", "boolean"), list);
    }

    private static ObjectNode command() {
        ObjectNode line = types("string", "number", "boolean").put("pattern", "[^\\s]");
        ObjectNode list = JSON.objectNode().put("type", "array").put("minItems", 1);
        list.putArray("prefixItems").add(types("string", "number", "boolean").put("minLength", 1));
        list.set("items", types("string", "number", "boolean"));
        return anyOf(line, list);
    }

    private static ObjectNode paths(String pattern) {
        ObjectNode list = JSON.objectNode().put("type", "array").put("maxItems", Binding.MOST_STEPS);
        list.put("uniqueItems", true);
        list.set("items", string().put("pattern", pattern));
        return list;
    }

    /** A size that is not zero. */
    private static ObjectNode size() {
        return anyOf(
                JSON.objectNode().put("type", "integer").put("minimum", 1),
                string().put("pattern", "^(?=.*[1-9])" + ByteSize.PATTERN + "$"));
    }

    private static ObjectNode stopSignal() {
        return anyOf(string().put("pattern", Signal.pattern()), integer(1, Signal.HIGHEST))
                .put("default", Signal.TERM.name());
    }

    /** What {@code CrossRules} says of a procfs without a pid namespace. */
    private static ObjectNode procInAUserNamespace() {
        ObjectNode rule = JSON.objectNode();
        rule.put("$comment", "in a user namespace the kernel refuses 'mount_proc' without 'pid'");
        ObjectNode condition = rule.putObject("if");
        condition.putArray("required").add(Key.MOUNT_PROC.word());
        ObjectNode properties = (ObjectNode) lists(Namespace.USER).get("properties");
        properties.putObject(Key.MOUNT_PROC.word()).put("const", true);
        condition.set("properties", properties);
        rule.set("then", either(lists(Namespace.PID), joins(Namespace.PID)));
        return rule;
    }

    static ObjectNode either(ObjectNode... schemas) {
        return anyOf(schemas);
    }

    /** An entry that joins this namespace. */
    static ObjectNode joins(Namespace namespace) {
        ObjectNode schema = JSON.objectNode();
        ObjectNode list =
                schema.putObject("properties").putObject(Key.NAMESPACES.word()).put("type", "array");
        ObjectNode entry = list.putObject("contains").put("type", "object");
        entry.putArray("required").add(namespace.word());
        return schema;
    }

    /** What {@code DevRules} says of a size for a /dev/shm that is not made. */
    private static ObjectNode sizeOfAMinimalDev() {
        ObjectNode rule = JSON.objectNode();
        rule.put("$comment", "'shm_size' needs 'dev: minimal', which 'rootfs' brings unless 'dev' says otherwise");
        rule.putObject("if").putArray("required").add(Key.SHM_SIZE.word());
        ObjectNode then = rule.putObject("then");
        then.putObject("properties").putObject(Key.DEV.word()).put("const", Dev.MINIMAL.word());
        ArrayNode either = then.putArray("anyOf");
        either.addObject().putArray("required").add(Key.DEV.word());
        either.addObject().putArray("required").add(Key.ROOTFS.word());
        return rule;
    }

    /** What {@code CrossRules} says of a file system that shows a namespace. */
    private static ObjectNode mountInAUserNamespace(KernelFileSystem type, Namespace namespace) {
        ObjectNode rule = JSON.objectNode();
        rule.put(
                "$comment",
                "in a user namespace the kernel refuses a mount of type '" + type.word() + "' without '"
                        + namespace.word() + "'");
        ObjectNode condition = rule.putObject("if");
        condition.putArray("required").add(Key.MOUNTS.word());
        ObjectNode properties = (ObjectNode) lists(Namespace.USER).get("properties");
        ObjectNode one =
                properties.putObject(Key.MOUNTS.word()).put("type", "array").putObject("contains");
        one.put("type", "object").putArray("required").add("type");
        one.putObject("properties").putObject("type").put("const", type.word());
        condition.set("properties", properties);
        rule.set("then", lists(namespace));
        return rule;
    }

    static ObjectNode lists(Namespace namespace) {
        ObjectNode schema = JSON.objectNode();
        ObjectNode some = schema.putObject("properties").putObject(Key.NAMESPACES.word());
        ArrayNode either = some.putArray("anyOf");
        either.addObject().put("const", "all");
        ObjectNode list = either.addObject().put("type", "array");
        ArrayNode names = list.putObject("contains").putArray("enum");
        names.add(namespace.word()).add("all");
        return schema;
    }

    private static ObjectNode string() {
        return JSON.objectNode().put("type", "string");
    }

    private static ObjectNode bool(boolean byDefault) {
        return JSON.objectNode().put("type", "boolean").put("default", byDefault);
    }

    private static ObjectNode integer(long min, long max) {
        return JSON.objectNode().put("type", "integer").put("minimum", min).put("maximum", max);
    }

    private static ObjectNode types(String... types) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode list = schema.putArray("type");
        Arrays.stream(types).forEach(list::add);
        return schema;
    }

    private static ObjectNode words(List<String> words) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode list = schema.putArray("enum");
        words.forEach(list::add);
        return schema;
    }

    private static ObjectNode anyOf(ObjectNode... schemas) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode list = schema.putArray("anyOf");
        Arrays.stream(schemas).forEach(list::add);
        return schema;
    }

    /** The schema counts characters, of which there are never more than bytes. */
    private static ObjectNode bytes(String component) {
        ByteLength length = component(component, ByteLength.class);
        return string().put("minLength", length.min()).put("maxLength", length.max());
    }

    private static String pattern(String component) {
        return "^" + component(component, Spelling.class).regexp() + "$";
    }

    private static <A extends Annotation> A component(String name, Class<A> type) {
        return constraint(SandboxSpec.class, name, type);
    }

    private static <A extends Annotation> A constraint(Class<?> owner, String field, Class<A> type) {
        try {
            return Optional.ofNullable(owner.getDeclaredField(field).getAnnotation(type))
                    .orElseThrow(() -> new IllegalStateException(owner + "." + field + " has no " + type));
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }
}
