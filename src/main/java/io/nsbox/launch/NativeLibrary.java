package io.nsbox.launch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * The C library, called from Java.
 *
 * <p>While the binding is loaded, its native half lies in a file. Left to itself it is put into the temporary folder and, where
 * that is mounted noexec, into the working directory, where whoever owns that could exchange it. So it goes into a new
 * folder that only the caller can enter, and is gone afterwards.
 */
final class NativeLibrary {
    /** Read once, when the binding is loaded; from then on it tells that it was. */
    private static final String BINDINGS_FOLDER = "jffi.extract.dir";

    private NativeLibrary() {}

    /**
     * The functions that an interface names.
     *
     * @throws IOException where there is no folder from which native code can be loaded
     */
    static <T> T load(Class<T> functions) throws IOException {
        if (System.getProperty(BINDINGS_FOLDER) != null) {
            return link(functions);
        }
        Path folder = folder().orElseThrow(() -> refused(null));
        System.setProperty(BINDINGS_FOLDER, folder.toString());
        try {
            return link(functions);
        } catch (LinkageError e) {
            throw refused(e);
        } finally {
            delete(folder);
        }
    }

    private static <T> T link(Class<T> functions) {
        T library = LibraryLoader.create(functions).load("c");
        Runtime.getRuntime(library); // Where a library that cannot be loaded shows.
        return library;
    }

    private static Optional<Path> folder() throws IOException {
        for (Path place : places()) {
            @Nullable Path folder = null;
            try {
                folder = Files.createTempDirectory(place, "native");
                Path probe = Files.createFile(folder.resolve("probe"));
                Files.setPosixFilePermissions(probe, EnumSet.allOf(PosixFilePermission.class));
                // access(2) also says where a file system is mounted noexec.
                if (Files.isExecutable(probe)) {
                    return Optional.of(folder);
                }
            } catch (IOException e) {
                // The next place, then.
            }
            if (folder != null) {
                delete(folder);
            }
        }
        return Optional.empty();
    }

    private static List<Path> places() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        String cache = System.getProperty("nsbox.cache", "");
        if (cache.isEmpty()) {
            return List.of(temporary);
        }
        try {
            ImageCache.open(Path.of(cache));
            return List.of(Path.of(cache), temporary);
        } catch (CacheException e) {
            return List.of(temporary);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static IOException refused(@Nullable Throwable cause) {
        return new IOException(
                "Java can load native code neither from the cache nor from "
                        + System.getProperty("java.io.tmpdir", "/tmp")
                        + ": one of them must be a folder that can be written to, and not be mounted noexec",
                cause);
    }
}
