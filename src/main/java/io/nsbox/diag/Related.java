package io.nsbox.diag;

/**
 * Another place that a diagnostic is about.
 *
 * @param span the place
 * @param label what is there, in a few words
 */
public record Related(Span span, String label) {}
