package io.nsbox.diag;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the problems of one file while it is read; equal problems are kept once. */
public final class Diagnostics {
    /** How many problems of a file are kept: past that, showing more helps nobody. */
    public static final int LIMIT = 1000;

    private final String file;
    private final Set<Diagnostic> found = new LinkedHashSet<>();
    private int dropped;
    private boolean errors;

    /**
     * Starts a collection.
     *
     * @param file the file's name as the user gave it; its problems come before those of other places
     */
    public Diagnostics(String file) {
        this.file = file;
    }

    /** Adds a problem. */
    public void add(Diagnostic diagnostic) {
        errors |= diagnostic.isError();
        if (found.size() < LIMIT) {
            found.add(diagnostic);
        } else if (!found.contains(diagnostic)) {
            dropped++;
        }
    }

    /** Whether further problems are only counted: nothing need be spent on their wording. */
    public boolean isFull() {
        return found.size() >= LIMIT;
    }

    /** Whether any problem so far is an error. */
    public boolean hasErrors() {
        return errors;
    }

    /** The problems so far, those of the file itself first, each file's in the file's order. */
    public List<Diagnostic> sorted() {
        List<Diagnostic> all = new ArrayList<>(found);
        all.sort(java.util.Comparator.<Diagnostic>comparingInt(d -> d.file().equals(file) ? 0 : 1)
                .thenComparing(Diagnostic.FILE_ORDER));
        if (dropped > 0) {
            all.add(Diagnostic.of(
                    Severity.NOTE,
                    Code.TOO_MANY_PROBLEMS,
                    file,
                    dropped + " more problems are not shown; mend these first"));
        }
        return List.copyOf(all);
    }
}
