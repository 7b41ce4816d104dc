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
import java.util.List;
import java.util.Objects;

/**
 * A run whose only purpose is which classes it loads: Java keeps them, parsed and linked, for the runs that follow.
 *
 * <p>{@code bin/nsbox} starts it once for each Java and each version of nsbox (-XX:ArchiveClassesAtExit, JEP 350;
 * -XX:AOTCacheOutput, JEP 514).
 */
final class Training {
    private Training() {}

    /** Compiles a sound spec and a faulty one, and keeps nothing but an image in the cache. */
    public static void main(String[] args) throws IOException, CacheException {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Path folder = Files.createTempDirectory("nsbox");
        Console console = new Console(System.in, nowhere, nowhere, Main.environment(), folder, false, false);
        CacheFolder cache = new CacheFolder(Path.of(System.getProperty("nsbox.cache", "")));
        ImageCache images = ImageCache.open(Path.of(System.getProperty("nsbox.cache", "")));
        Launch launch = (image, request) -> keep(images, image);
        try {
            for (String name : List.of("sound.yaml", "faulty.yaml")) {
                Path spec = folder.resolve(name);
                try (InputStream text = Training.class.getResourceAsStream(name)) {
                    Files.copy(Objects.requireNonNull(text), spec);
                }
                for (int run = 0; run < 2; run++) {
                    Main.run(console, Main.compiler(), launch, cache, "up", spec.toString());
                }
                Main.run(console, Main.compiler(), launch, cache, "validate", spec.toString());
                Main.run(console, Main.compiler(), launch, cache, "plan", spec.toString());
                Files.delete(spec);
            }
        } finally {
            Files.deleteIfExists(folder.resolve("sound.yaml"));
            Files.deleteIfExists(folder.resolve("faulty.yaml"));
            Files.delete(folder);
        }
    }

    private static int keep(ImageCache images, byte[] image) {
        try {
            images.keepOnce(image);
            return ExitStatus.OK;
        } catch (CacheException e) {
            return ExitStatus.SETUP;
        }
    }
}
