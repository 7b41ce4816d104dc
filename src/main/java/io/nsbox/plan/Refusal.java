package io.nsbox.plan;

/**
 * What a launcher says when a call that may not fail fails.
 *
 * @param step number of the step, from 1
 * @param call the call as listings show it
 * @param hints help by errno
 * @param status the launcher's exit status then
 */
record Refusal(int step, String call, Hints hints, int status) {
    /** The sandbox could not be set up. */
    static final int SETUP = 125;
    /** The command was found but could not be executed. */
    static final int NOT_EXECUTABLE = 126;
    /** The command was not found. */
    static final int NOT_FOUND = 127;
}
