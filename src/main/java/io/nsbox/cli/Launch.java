package io.nsbox.cli;

import java.util.Optional;

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

    /** All of {@code up} behind its command line; a bare {@code up FILE} comes here without a class of picocli's. */
    static int compileAndRun(CompileRequest request, Console console, Compiler compiler, Launch launch) {
        Optional<byte[]> image = compiler.compile(request, null, console);
        return image.isPresent() ? launch.run(image.get(), request) : ExitStatus.SETUP;
    }
}
