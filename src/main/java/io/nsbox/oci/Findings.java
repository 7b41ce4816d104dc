package io.nsbox.oci;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import io.nsbox.spec.LoadedSpec;
import java.util.List;
import java.util.Optional;

/** Collects what an OCI runtime cannot be asked for, with the lines of the spec that ask for it. */
final class Findings {
    private final LoadedSpec loaded;
    private final Diagnostics diagnostics;

    Findings(LoadedSpec loaded) {
        this.loaded = loaded;
        this.diagnostics = new Diagnostics(loaded.file());
    }

    /** Reports what cannot be expressed, at the path or the nearest part of the spec that holds it. */
    void refuse(String path, String message, String help) {
        add(Severity.ERROR, path, message, help);
    }

    /** Reports what is expressed, but is not carried out everywhere. */
    void warn(String path, String message, String help) {
        add(Severity.WARNING, path, message, help);
    }

    private void add(Severity severity, String path, String message, String help) {
        Diagnostic diagnostic = place(path)
                .or(() -> place(other(path)))
                .map(span -> Diagnostic.at(severity, Code.NOT_EXPORTABLE, span, path, message))
                .orElseGet(() -> Diagnostic.of(severity, Code.NOT_EXPORTABLE, loaded.file(), message));
        diagnostics.add(diagnostic.withHelp(help));
    }

    private Optional<Span> place(String path) {
        for (String at = path; !at.isEmpty(); at = holder(at)) {
            String here = at;
            // The entry of a list has no key of its own.
            Optional<Span> span =
                    loaded.origins().key(here).or(() -> loaded.origins().value(here));
            if (span.isPresent()) {
                return span;
            }
        }
        return Optional.empty();
    }

    /** A map that follows from the other's keyword has no line of its own. */
    private static String other(String path) {
        return path.equals("gid_map") ? "uid_map" : path.equals("uid_map") ? "gid_map" : "";
    }

    private static String holder(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }

    List<Diagnostic> sorted() {
        return diagnostics.sorted();
    }
}
