package io.nsbox.cli;

import io.nsbox.launch.CacheException;
import io.nsbox.launch.ImageCache;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A run whose only purpose is which classes it loads: Java keeps them, parsed and linked, for the runs that follow.
 *
 * <p>{@code bin/nsbox} starts it once for each Java and each build of nsbox (-XX:ArchiveClassesAtExit, JEP 350;
 * -XX:AOTCacheOutput, JEP 514). It fails, and nothing is kept, where the cache is not safe to use.
 */
final class Training {
    private Training() {}

    /** Does what a cold start does, with a sound spec and with a faulty one. */
    public static void main(String[] args) throws IOException, CacheException {
        CacheFolder cache = CacheFolder.of(System.getProperty("nsbox.cache", ""), Map.of(), false);
        ImageCache.open(Objects.requireNonNull(cache.path()));
        Path folder = Files.createDirectories(cache.path().resolve("training"));
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Console console = new Console(System.in, nowhere, nowhere, Main.environment(), folder, false, false);
        for (String name : List.of("sound.yaml", "faulty.yaml")) {
            Path spec = folder.resolve(name);
            try (InputStream text = Training.class.getResourceAsStream(name)) {
                Files.copy(Objects.requireNonNull(text), spec, StandardCopyOption.REPLACE_EXISTING);
            }
            List<String> line = List.of("up", spec.toString());
            Launch launch = new HandOver(line, cache, folder.toString(), "nsbox", "/dev/null", console);
            for (String command : List.of("up", "up", "validate", "plan")) {
                Main.run(
                        console,
                        Main.compiler(),
                        launch,
                        cache,
                        new StateFolder(null, false),
                        command,
                        spec.toString());
            }
        }
    }
}
