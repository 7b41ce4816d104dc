package io.nsbox.program;

/**
 * A place in a program that jumps lead to.
 *
 * @param id its number within the program
 * @param name what listings call it
 */
public record Label(int id, String name) {}
