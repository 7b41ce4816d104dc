package io.nsbox.program;

/**
 * A 64-bit variable of a program.
 *
 * @param index its place, 0 to {@link #COUNT} - 1; the first few have a meaning to the interpreter
 * @param name what listings call it
 */
public record Slot(int index, String name) {
    /** How many slots a program has. */
    public static final int COUNT = 256;

    /** The stack pointer at the program's start: argc, argv and envp lie there (System V ABI, process initialization). */
    public static final Slot STACK = new Slot(0, "stack");
    /** The errno of the call that failed. */
    public static final Slot ERRNO = new Slot(1, "errno");
    /** The failure tag of the call that failed, with {@link OnError#FAIL_BIT} set. */
    public static final Slot TAG = new Slot(2, "failure");
    /** Where the program goes on after a failed call: a target, as {@link Layout#target} numbers them. */
    public static final Slot HANDLER = new Slot(3, "handler");
    /** Where results go that nobody reads. */
    public static final Slot NOWHERE = new Slot(4, "_");

    /** The first slot that a program may use as it likes. */
    public static final int FIRST_FREE = 5;

    /** The same slot under the name of what it holds just now. */
    public Slot as(String what) {
        return new Slot(index, what);
    }

    public Slot {
        if (index < 0 || index >= COUNT) {
            throw new IllegalArgumentException("slot " + index + " of " + COUNT);
        }
    }
}
