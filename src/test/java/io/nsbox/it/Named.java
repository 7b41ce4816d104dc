package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.it.Running.Result;
import io.nsbox.testing.Identity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A sandbox with a name of its own in the background, which is removed at the end. */
final class Named implements AutoCloseable {
    private final Workshop workshop;
    private final List<String> before;

    /** For root these lie in the machine's own folder, so that no two tests may share one. */
    private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);

    private Named(Workshop workshop, List<String> before) {
        this.workshop = workshop;
        this.before = before;
    }

    /** A name, in a workshop of its own. */
    static Named open(Identity identity) {
        return open(identity, List.of());
    }

    /** Likewise, where nsbox is run by way of these words, by whoever runs the tests; they end with how to become the identity. */
    static Named open(Identity identity, List<String> before) {
        Workshop workshop = Workshop.open(identity);
        workshop.newFolder("runtime");
        return new Named(workshop, before);
    }

    Workshop workshop() {
        return workshop;
    }

    String name() {
        return name;
    }

    /** Where the account of sandboxes is kept. */
    Path states() {
        return workshop.identity() == Identity.ROOT
                ? Path.of("/run/nsbox")
                : workshop.folder().resolve("runtime/nsbox");
    }

    Map<String, String> environment() {
        return Map.of("XDG_RUNTIME_DIR", workshop.folder().resolve("runtime").toString());
    }

    /** Starts the packaged nsbox. */
    Running start(Object... words) {
        List<Object> all = new ArrayList<>(List.of(workshop.nsbox()));
        all.addAll(List.of(words));
        if (before.isEmpty()) {
            return workshop.start(environment(), all.toArray());
        }
        all.addAll(0, before);
        Map<String, String> environment = workshop.environment();
        environment.putAll(environment());
        return Running.start(
                workshop.folder(),
                environment,
                all.stream().map(Object::toString).toList());
    }

    /** Runs the packaged nsbox. */
    Result nsbox(Object... words) {
        return start(words).finish();
    }

    /** Starts the sandbox, which must work. */
    Named up(String spec) {
        Path file = workshop.file(name + ".yaml", spec);
        assertThat(nsbox("up", "-d", file)).isEqualTo(new Result(0, name + "\n", ""));
        return this;
    }

    /** Runs one more command in it. */
    Result exec(Object... words) {
        return nsbox(execution(words));
    }

    /** The words that run one more command in it. */
    Object[] execution(Object... words) {
        List<Object> all = new ArrayList<>(List.of("exec", name, "--"));
        all.addAll(List.of(words));
        return all.toArray();
    }

    /** A number that {@code nsbox ps} tells of it, such as {@code pid}. */
    long told(String key) {
        for (JsonNode entry : JsonMapper.builder()
                .build()
                .readTree(nsbox("ps", "-a", "--format", "json").out())) {
            if (entry.get("name").stringValue().equals(name)) {
                return entry.get(key).longValue();
            }
        }
        throw new AssertionError("there is no " + name);
    }

    @Override
    public void close() {
        try (Workshop closing = workshop) {
            assertThat(nsbox("rm", "-f", name)).isEqualTo(new Result(0, "", ""));
            Leftovers.assertNoProcess(closing.mark(), "the test");
        }
    }
}
