package io.nsbox.cli;

import io.nsbox.cli.PlanCommand.Detail;
import io.nsbox.cli.PlanCommand.Format;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The line from a spec to an image, as the commands see it.
 *
 * <p>Both methods print what is wrong with the spec on the console's standard error themselves.
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
     * Prints the plan of a spec on standard output.
     *
     * @return false where the spec has errors, which were printed
     */
    boolean plan(CompileRequest request, Detail detail, Format format, Console console);

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
