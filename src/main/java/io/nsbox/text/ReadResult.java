package io.nsbox.text;

import io.nsbox.diag.Diagnostic;
import io.nsbox.spec.LoadedSpec;
import java.util.List;
import java.util.Optional;

/**
 * What became of a spec file.
 *
 * @param spec the spec, if there is no error
 * @param diagnostics all problems, in the file's order
 */
public record ReadResult(Optional<LoadedSpec> spec, List<Diagnostic> diagnostics) {
    public ReadResult {
        diagnostics = List.copyOf(diagnostics);
    }

    /** Whether the spec can be used. */
    public boolean isValid() {
        return spec.isPresent();
    }
}
