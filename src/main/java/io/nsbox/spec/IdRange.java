package io.nsbox.spec;

/**
 * One line of an id map (user_namespaces(7)).
 *
 * @param inside first id inside the namespace, 0 to 4294967294
 * @param outside first id outside, 0 to 4294967294
 * @param count how many ids follow each other, from 1
 */
public record IdRange(long inside, long outside, long count) {}
