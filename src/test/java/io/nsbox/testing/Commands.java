package io.nsbox.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs other programs and keeps what they said. */
public final class Commands {
    private static final long PATIENCE_SECONDS = 120;

    /**
     * How a command ended.
     *
     * @param status its exit status; 128 + n if signal n ended it
     * @param out standard output
     * @param err standard error
     */
    public record Result(int status, String out, String err) {}

    private Commands() {}

    /** Runs a command in this process's environment. */
    public static Result run(String... words) {
        return run(Map.of(), words);
    }

    /** Runs a command with more environment variables. */
    public static Result run(Map<String, String> environment, String... words) {
        return run(environment, null, words);
    }

    /** Runs a command with more environment variables in a working directory. */
    public static Result run(Map<String, String> environment, Path directory, String... words) {
        try {
            Path out = Files.createTempFile("out", null);
            Path err = Files.createTempFile("err", null);
            try {
                ProcessBuilder builder = new ProcessBuilder(List.of(words))
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                if (directory != null) {
                    builder.directory(directory.toFile());
                }
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(
                            String.join(" ", words) + " did not end; it said:\n" + read(out) + read(err));
                }
                return new Result(process.exitValue(), read(out), read(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
