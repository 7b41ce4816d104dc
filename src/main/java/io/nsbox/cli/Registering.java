package io.nsbox.cli;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Severity;
import io.nsbox.launch.Digests;
import io.nsbox.launch.ExecutableFile;
import io.nsbox.plan.Registration;
import io.nsbox.spec.InputFile;
import io.nsbox.spec.Key;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Tty;
import io.nsbox.state.Sandbox;
import io.nsbox.state.Sandboxes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A sandbox is to have a name by which others find it.
 *
 * @param sandboxes where it is kept account of
 * @param detached whether it runs in the background
 * @param help what a message about that place ends with
 */
public record Registering(Sandboxes sandboxes, boolean detached, String help) {
    /** The file that describes a sandbox. */
    static final String DESCRIPTION = "sandbox.json";

    /** The spec as it was when the sandbox was started. */
    static final String SPEC = "spec.yaml";

    /** What of a spec cannot be had so: a sandbox in the background has no terminal. */
    Optional<Diagnostic> conflict(LoadedSpec loaded) {
        if (!detached || loaded.spec().session().tty() != Tty.TRUE) {
            return Optional.empty();
        }
        String tty = Key.TTY.word();
        return loaded.origins()
                .key(tty)
                .map(span -> Diagnostic.at(
                                Severity.ERROR, Code.CONFLICT, span, tty, "a sandbox in the background has no terminal")
                        .withHelp("leave it out, or start the sandbox without -d"));
    }

    /** Makes the sandbox's folder, and what is to be written there; a sandbox that runs keeps its name. */
    Registration register(LoadedSpec loaded, CompileRequest request, Optional<String> home) {
        String name = loaded.spec().name();
        try {
            Optional<Sandbox> known = sandboxes.find(name);
            if (known.isPresent() && known.get().isAlive()) {
                throw new StateException("a sandbox called '" + name + "' is running; `nsbox stop " + name
                        + "` ends it, and --name gives this one another name");
            }
            String folder = sandboxes.prepare(name).toString();
            Map<String, String> files = new LinkedHashMap<>();
            files.put(DESCRIPTION, describe(loaded, request, home));
            files.put(SPEC, new String(loaded.inputs().get(0).content(), StandardCharsets.UTF_8));
            return new Registration(name, folder, files, detached);
        } catch (IOException e) {
            throw new StateException("cannot keep account of the sandbox in " + sandboxes.folder() + ": "
                    + ExecutableFile.reason(e) + help);
        }
    }

    private String describe(LoadedSpec loaded, CompileRequest request, Optional<String> home) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", 1);
        all.put("name", loaded.spec().name());
        all.put("spec", loaded.inputs().get(0).path());
        all.put("file", request.file());
        all.put("settings", request.settings());
        all.put("home", home.orElse(""));
        all.put("command", loaded.spec().command());
        all.put(
                "namespaces",
                loaded.spec().namespaces().stream().map(Namespace::word).toList());
        all.put("init", loaded.spec().session().init());
        all.put("detached", detached);
        all.put("report", loaded.spec().reportFile().orElse(""));
        Map<String, String> inputs = new TreeMap<>();
        for (InputFile input : loaded.inputs().subList(1, loaded.inputs().size())) {
            inputs.put(input.path(), Digests.sha256(input.content()));
        }
        all.put("inputs", inputs);
        return JsonMapper.builder().build().writeValueAsString(all) + "\n";
    }

    /** A description as it is read back. */
    public record Description(
            String spec,
            String file,
            List<String> settings,
            String home,
            List<String> command,
            List<String> namespaces,
            boolean init,
            boolean detached,
            String report,
            Map<String, String> inputs) {
        /** Nothing is missing in what nsbox wrote, and paths are paths. */
        public Description {
            spec = Path.of(spec).toString();
            Objects.requireNonNull(file);
            settings = List.copyOf(settings);
            Objects.requireNonNull(home);
            command = List.copyOf(command);
            namespaces = List.copyOf(namespaces);
            report = Path.of(report).toString();
            inputs = Map.copyOf(inputs);
        }
    }

    /** Reads the description of a sandbox. */
    static Description read(Sandbox sandbox) throws IOException {
        String json = Sandboxes.read(sandbox, DESCRIPTION);
        try {
            @Nullable
            Description description = JsonMapper.builder()
                    .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(json, Description.class);
            if (description != null) {
                return description;
            }
        } catch (tools.jackson.core.JacksonException e) {
            // Half a text, or another one.
        }
        throw new StateException("what describes the sandbox '" + sandbox.name() + "' cannot be read; "
                + (sandbox.isAlive()
                        ? "it may just have been started: try again"
                        : "`nsbox rm " + sandbox.name() + "` removes it"));
    }
}
