package io.nsbox.cli;

import io.nsbox.cli.CompileRequest.Telling;
import io.nsbox.diag.Printable;
import io.nsbox.launch.CacheException;
import io.nsbox.launch.ImageCache;
import io.nsbox.launch.MemoryImage;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands a launcher over: into the cache for {@code bin/nsbox}, which executes it in its own place once the JVM is gone; or,
 * where nothing can be cached, from memory in the JVM's place.
 *
 * @param arguments the whole command line
 * @param cache where images are kept
 * @param workingDirectory the working directory as {@code bin/nsbox} spells it
 * @param script where {@code bin/nsbox} is; {@code null} if the jar was started without it
 * @param toScript the file to which the answer for {@code bin/nsbox} goes; {@code null} if the JVM runs the launcher itself
 */
record HandOver(
        List<String> arguments,
        CacheFolder cache,
        String workingDirectory,
        @Nullable String script,
        @Nullable String toScript,
        Console console)
        implements Launch {
    /** What {@code bin/nsbox} changes in the environment of the JVM, and of the JVM alone. */
    static final List<String> BORROWED = List.of("LC_ALL", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** The answer that asks {@code bin/nsbox} to let the JVM take its place. */
    private static final String FROM_MEMORY = "memory";

    @Override
    public int run(byte[] image, CompileRequest request) {
        try {
            if (toScript == null) {
                fromMemory(image, request);
            } else {
                answer(toScript, place(image, request));
            }
            return ExitStatus.OK;
        } catch (CacheException e) {
            console.err().println("nsbox: error: " + e.getMessage());
        } catch (IOException e) {
            console.err().println("nsbox: error: cannot answer bin/nsbox: " + e.getMessage());
        }
        return ExitStatus.SETUP;
    }

    private String place(byte[] image, CompileRequest request) {
        try {
            Path folder = cache.path();
            if (folder == null) {
                throw noCache();
            }
            Path file = keep(ImageCache.open(folder), image, request);
            if (request.telling().contains(Telling.COMPILATION)) {
                console.err().println("nsbox: kept the launcher as " + Printable.of(file.toString()));
            }
            return arguments.indexOf(request.file()) + 1 + " " + file;
        } catch (CacheException e) {
            if (console.isDebug() || request.telling().contains(Telling.COMPILATION)) {
                console.err().println("nsbox: note: " + e.getMessage() + "; the launcher runs from memory");
            }
            return FROM_MEMORY;
        }
    }

    private Path keep(ImageCache images, byte[] image, CompileRequest request) throws CacheException {
        String spec = request.file().startsWith("/") ? request.file() : workingDirectory + "/" + request.file();
        if (request.isPlain() && !Arrays.asList(spec.split("/")).contains("..")) {
            try {
                return images.keep(spec, image);
            } catch (CacheException e) {
                // The path may be too long with the cache in front of it, or run through another image: no warm start
                // then.
            }
        }
        return images.keepOnce(image);
    }

    private void fromMemory(byte[] image, CompileRequest request) throws CacheException {
        List<String> vector = new ArrayList<>(List.of("nsbox", request.file()));
        if (script != null) {
            vector.addAll(List.of("sh", script, "--changed"));
            vector.addAll(arguments);
        }
        MemoryImage.exec(image, vector, script == null ? List.of() : BORROWED);
    }

    private static CacheException noCache() {
        return new CacheException(CacheFolder.NONE);
    }

    private static void answer(String pipe, String answer) throws IOException {
        try (OutputStream out = new FileOutputStream(pipe)) {
            out.write(answer.getBytes(StandardCharsets.UTF_8));
        }
    }
}
