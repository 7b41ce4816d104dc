package io.nsbox.plan;

import io.nsbox.diag.Printable;
import io.nsbox.diag.Span;
import java.util.List;
import java.util.Locale;

/** Prints plans for people. */
public final class PlanPrinter {
    /** Titles that are longer do not move the column of causes. */
    private static final int WIDEST = 80;

    private PlanPrinter() {}

    /** The steps, each with the line of the spec that caused it; every line ends with a line break. */
    public static String steps(Plan plan) {
        StringBuilder text = heading(plan);
        int width = plan.steps().stream()
                .mapToInt(step -> step.shownTitle().length())
                .filter(length -> length <= WIDEST)
                .max()
                .orElse(0);
        for (NumberedStep step : plan.steps()) {
            String line = String.format(Locale.ROOT, "%3d  %-" + width + "s", step.number(), step.shownTitle());
            String cause = step.step().cause().map(PlanPrinter::cause).orElse("");
            text.append((line + cause).stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** The system calls until the command runs, by where they run and under their steps. */
    public static String syscalls(Plan plan, Trace trace) {
        StringBuilder text = heading(plan);
        if (trace.supposes()) {
            text.append(
                    trace.withoutTargets()
                            ? "where no target of a mount is there yet, and no masked or read-only path outside of /proc\n"
                            : "where all targets of mounts are there, and all masked and read-only paths; --missing shows it where they are not\n");
        }
        for (Phase phase : Phase.values()) {
            if (phase.isExtra() && trace.in(phase).isEmpty()) {
                continue;
            }
            text.append('\n').append(phase.word()).append(":\n");
            int step = -1;
            for (Trace.TracedCall call : trace.in(phase)) {
                if (call.step() != step) {
                    step = call.step();
                    text.append(
                            step == 0
                                    ? "  # remember the terminal's foreground group\n"
                                    : stepLine(plan.steps(), step));
                }
                text.append("    ").append(call.text()).append('\n');
            }
            if (trace.in(phase).isEmpty()) {
                text.append("    (nothing)\n");
            }
        }
        return text.toString();
    }

    private static String stepLine(List<NumberedStep> steps, int number) {
        NumberedStep numbered = steps.get(number - 1);
        return "  # step " + number + ": " + numbered.shownTitle()
                + numbered.step().cause().map(PlanPrinter::cause).orElse("") + "\n";
    }

    private static StringBuilder heading(Plan plan) {
        int count = plan.steps().size();
        return new StringBuilder(
                "plan for " + plan.spec().name() + " (" + Printable.of(plan.file()) + "): " + count + " steps\n");
    }

    private static String cause(Span span) {
        return "  <- " + Printable.of(span.location() + ": " + span.text().strip());
    }
}
