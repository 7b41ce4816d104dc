package io.nsbox.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A spec that was read, bound and validated, with the places of its parts.
 *
 * @param spec the sandbox
 * @param origins where each part stands
 * @param file the spec file's name as the user gave it
 * @param inputs the files that reading it consulted, with the bytes that were read
 * @param variables the variables of the caller's environment that reading it consulted, with the values they had
 */
public record LoadedSpec(
        SandboxSpec spec,
        Origins origins,
        String file,
        List<InputFile> inputs,
        Map<String, Optional<String>> variables) {
    public LoadedSpec {
        inputs = List.copyOf(inputs);
        variables = Map.copyOf(variables);
    }

    /** The same places and inputs with another spec, which is this one changed. */
    public LoadedSpec with(SandboxSpec changed) {
        return new LoadedSpec(changed, origins, file, inputs, variables);
    }
}
