package io.nsbox.program;

/** What happens when a system call returns an error. */
public sealed interface OnError permits OnError.Fail, OnError.Ignore, OnError.GoTo {

    /** Set in the table's error field when the call may not fail; the other bits are the tag. */
    int FAIL_BIT = 0x8000;

    /** The error field of a call whose error does not matter. */
    int IGNORE_CODE = 0x7fff;

    /**
     * The program goes on at its {@link Slot#HANDLER}, which finds the errno and this tag in their slots.
     *
     * @param tag 0 to 32767: which failure this is
     */
    record Fail(int tag) implements OnError {
        public Fail {
            if (tag < 0 || tag >= FAIL_BIT) {
                throw new IllegalArgumentException("failure tag " + tag);
            }
        }
    }

    /** The next instruction runs; the result slot holds the negative errno. */
    record Ignore() implements OnError {}

    /** The program goes on elsewhere; the result slot holds the negative errno. */
    record GoTo(Label label) implements OnError {}
}
