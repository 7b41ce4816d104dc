package io.nsbox.cli;

import io.nsbox.cli.PlanCommand.Detail;
import io.nsbox.cli.PlanCommand.Format;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds the compiler's place until text, plan, program and image are joined. */
final class UnwiredCompiler implements Compiler {
    @Override
    public Optional<byte[]> compile(CompileRequest request, @Nullable Architecture architecture, Console console) {
        throw new UnsupportedOperationException("no compiler yet");
    }

    @Override
    public boolean plan(CompileRequest request, Detail detail, Format format, Console console) {
        throw new UnsupportedOperationException("no compiler yet");
    }
}
