package io.nsbox.cli;

import io.nsbox.plan.SandboxProcess;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The line from a spec to an image, as the commands see it.
 *
 * <p>The methods print what is wrong with the spec on the console's standard error themselves.
 */
public interface Compiler {
    /**
     * Compiles a spec to a launcher.
     *
     * @param request what the command line says
     * @param architecture whose code the image holds; {@code null} is this machine's
     * @return the launcher's bytes; empty where the spec has errors, which were printed
     */
    Optional<byte[]> compile(CompileRequest request, @Nullable Architecture architecture, Console console);

    /**
     * Compiles one more command for a sandbox that runs.
     *
     * @param request the command, and the settings that the sandbox was started with
     * @param sandbox which
     * @param description how it was started
     * @param process its first process
     * @param atTerminal whether the caller insists on a terminal
     * @return the launcher's bytes; empty where there are errors, which were printed
     */
    Optional<byte[]> entry(
            CompileRequest request,
            Sandbox sandbox,
            Registering.Description description,
            SandboxProcess process,
            boolean atTerminal,
            Console console)
            throws IOException;

    /**
     * Prints the plan of a spec on standard output.
     *
     * @return false where the spec has errors, which were printed
     */
    boolean plan(CompileRequest request, PlanCommand.View view, Console console);

    /** The processors that a launcher can be made for, by the names that {@code build --arch} takes. */
    enum Architecture {
        X86_64("x86_64"),
        AARCH64("aarch64");

        private final String word;

        Architecture(String word) {
            this.word = word;
        }

        /** The name as uname(1) prints it. */
        @Override
        public String toString() {
            return word;
        }
    }
}
