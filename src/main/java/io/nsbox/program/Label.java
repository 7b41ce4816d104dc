package io.nsbox.program;

/**
 * A place in a program that jumps lead to.
 *
 * @param id its number within the program
 * @param name what listings call it
 */
public record Label(int id, String name) {
    // Written out, because the compiler's own would link at run time, and a cold start pays for that.
    @Override
    public boolean equals(Object other) {
        return other instanceof Label that && id == that.id && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return id;
    }
}
