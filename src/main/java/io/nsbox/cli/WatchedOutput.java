package io.nsbox.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream that remembers why it could not be written to, which a {@link java.io.PrintStream} above it keeps to itself. */
final class WatchedOutput extends FilterOutputStream {
    /** What the JDK makes of EPIPE: whoever read the other end wants no more, which is no failure. */
    private static final String CLOSED_BY_READER = "Broken pipe";

    private @Nullable IOException failure;

    WatchedOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int one) throws IOException {
        try {
            out.write(one);
        } catch (IOException e) {
            throw remembered(e);
        }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw remembered(e);
        }
    }

    private IOException remembered(IOException e) {
        if (failure == null) {
            failure = e;
        }
        return e;
    }

    /** Why output was lost; nothing where none was, or where its reader has left. */
    Optional<String> loss() {
        return Optional.ofNullable(failure)
                .map(e -> String.valueOf(e.getMessage()))
                .filter(reason -> !reason.equals(CLOSED_BY_READER));
    }
}
