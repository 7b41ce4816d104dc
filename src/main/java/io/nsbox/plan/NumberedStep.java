package io.nsbox.plan;

import io.nsbox.diag.Printable;

/**
 * A step at its place in the plan.
 *
 * @param number from 1
 * @param step what is done
 */
public record NumberedStep(int number, Step step) {

    /** The step's title as a terminal may show it: paths can hold line breaks, and what moves a cursor. */
    public String shownTitle() {
        return Printable.of(step.title());
    }
}
