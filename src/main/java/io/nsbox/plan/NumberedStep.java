package io.nsbox.plan;

/**
 * A step at its place in the plan.
 *
 * @param number from 1
 * @param step what is done
 */
public record NumberedStep(int number, Step step) {}
