package io.nsbox.cli;

/** What {@code up} does with a launcher once it is compiled. */
@FunctionalInterface
public interface Launch {
    /**
     * Has the launcher run, in place of this process or right after it.
     *
     * @param image the launcher's bytes
     * @param request what it was compiled from
     * @return the status to end with, if this call returns at all
     */
    int run(byte[] image, CompileRequest request);
}
