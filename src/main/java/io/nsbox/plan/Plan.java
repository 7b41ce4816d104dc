package io.nsbox.plan;

import io.nsbox.spec.SandboxSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that is done to set a sandbox up, in order.
 *
 * @param spec what was asked for
 * @param file the spec file's name as the user gave it
 * @param steps what is done
 */
public record Plan(SandboxSpec spec, String file, List<NumberedStep> steps) {
    public Plan {
        steps = List.copyOf(steps);
    }

    /** A plan of these steps, numbered from 1. */
    static Plan of(SandboxSpec spec, String file, List<Step> steps) {
        List<NumberedStep> numbered = new ArrayList<>();
        for (Step step : steps) {
            numbered.add(new NumberedStep(numbered.size() + 1, step));
        }
        return new Plan(spec, file, numbered);
    }
}
