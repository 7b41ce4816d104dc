package io.nsbox.spec;

import java.util.Optional;

/**
 * An entry of {@code environment}.
 *
 * @param name the variable's name
 * @param value its value; absent means the caller's value, if the caller has one
 */
public record Variable(String name, Optional<String> value) {}
