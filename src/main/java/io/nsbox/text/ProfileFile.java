package io.nsbox.text;

import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.seccomp.Profile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A seccomp profile that was read for itself, without a spec.
 *
 * @param profile the profile, if there is no error
 * @param problems all problems, in the file's order
 */
public record ProfileFile(Optional<Profile> profile, List<Diagnostic> problems) {
    public ProfileFile {
        problems = List.copyOf(problems);
    }

    /** The profile {@code default}. */
    public static ProfileFile standard() {
        return new ProfileFile(Optional.of(SeccompReader.standard()), List.of());
    }

    /**
     * Reads a file.
     *
     * @param name the file's name as the user gave it, for messages
     * @param path where it is, absolute
     */
    public static ProfileFile read(String name, Path path) {
        Diagnostics diagnostics = new Diagnostics(name);
        Optional<Profile> profile = SeccompReader.readFile(name, path, diagnostics);
        return new ProfileFile(diagnostics.hasErrors() ? Optional.empty() : profile, diagnostics.sorted());
    }
}
