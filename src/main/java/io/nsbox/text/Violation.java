package io.nsbox.text;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A constraint that a value breaks.
 *
 * @param path the value's path as a spec spells it, such as {@code uid_map[0].count}
 * @param constraint the constraint's simple name
 * @param attributes the constraint's attributes
 * @param value the value that breaks it
 */
record Violation(
        String path,
        String constraint,
        Map<String, Object> attributes,
        @Nullable Object value) {

    /** Components that group others; a spec does not spell them. */
    private static final Set<String> NOT_SPELLED = Set.of("ranges", "fileSystem", "confinement");

    static Violation of(ConstraintViolation<?> violation) {
        var descriptor = violation.getConstraintDescriptor();
        return new Violation(
                yamlPath(violation.getPropertyPath()),
                descriptor.getAnnotation().annotationType().getSimpleName(),
                descriptor.getAttributes(),
                violation.getInvalidValue());
    }

    /** Java's {@code uidMap.ranges[0].count} is the spec's {@code uid_map[0].count}. */
    private static String yamlPath(Path path) {
        StringBuilder out = new StringBuilder();
        for (Path.Node node : path) {
            if (node.getIndex() != null) {
                out.append('[').append(node.getIndex()).append(']');
            }
            String name = node.getName();
            if (name != null && !NOT_SPELLED.contains(name) && !name.startsWith("<")) {
                out.append(out.isEmpty() ? "" : ".").append(snake(name));
            }
        }
        return out.toString();
    }

    private static String snake(String name) {
        StringBuilder out = new StringBuilder();
        for (char c : name.toCharArray()) {
            out.append(Character.isUpperCase(c) ? "_" + Character.toLowerCase(c) : c);
        }
        return out.toString();
    }
}
