package io.nsbox.spec;

/**
 * What the sandbox sees as its files: one component a key of the language.
 *
 * @param readOnly whether {@code /} and everything below it that came with it is read-only
 */
public record FileSystem(boolean readOnly) {
    /** The caller's files as they are. */
    public static final FileSystem CALLERS = new FileSystem(false);
}
