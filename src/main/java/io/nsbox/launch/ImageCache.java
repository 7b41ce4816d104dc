package io.nsbox.launch;

import io.nsbox.state.PrivateFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The folder that holds compiled images, from which the caller, possibly root, executes files.
 *
 * <p>It belongs to the caller and nobody else can write to it; where that is not so, it is refused, never mended: somebody else
 * may have put something into it.
 */
public final class ImageCache {
    /** The folder of a cache where sandboxes with a name are kept account of, if there is no better place. */
    public static final String SANDBOXES = "run";

    private static final int OVERFLOW_ONCE = 200;
    private static final int KEPT_ONCE = 100;
    /**
     * Images are older than the cache's stamp. What writes into one later, or cuts it, makes it newer, and {@code bin/nsbox},
     * which can compare times without starting a program, compiles it anew.
     */
    private static final FileTime OF_IMAGES = FileTime.from(Instant.ofEpochSecond(1_000_000_000));

    private static final FileTime OF_STAMP = FileTime.from(Instant.ofEpochSecond(1_000_000_001));

    private final Path folder;

    private ImageCache(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes the folder where it is missing, and checks that it is safe to execute from.
     *
     * @param folder absolute path of the cache
     * @throws CacheException where the folder cannot be made, is a symbolic link, belongs to somebody else or lets others write
     */
    public static ImageCache open(Path folder) throws CacheException {
        try {
            PrivateFolder.make(folder);
            check(folder);
        } catch (IOException e) {
            throw new CacheException("cannot use the cache " + folder + ": " + ExecutableFile.reason(e), e);
        }
        return new ImageCache(folder);
    }

    /**
     * Keeps the image of a spec where {@code bin/nsbox} looks for it: under the spec's own path.
     *
     * @param spec absolute path of the spec, spelled as {@code bin/nsbox} spells it, without {@code ..}
     * @return the image's file
     */
    public Path keep(String spec, byte[] image) throws CacheException {
        // As text, the way the script does it: a Path would leave out doubled slashes, and refuse none of "..".
        Path file =
                write(Path.of(folder + CacheLayout.IMAGES + spec + CacheLayout.SUFFIX), image, Optional.of(OF_IMAGES));
        stamp();
        return file;
    }

    private void stamp() throws CacheException {
        Path stamp = Path.of(folder + CacheLayout.STAMP);
        try {
            if (!Files.exists(stamp, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getLastModifiedTime(stamp, LinkOption.NOFOLLOW_LINKS)
                            .equals(OF_STAMP)) {
                ExecutableFile.write(stamp, new byte[0], "rw-------", Optional.of(OF_STAMP));
            }
        } catch (IOException e) {
            throw new CacheException("cannot write " + stamp + ": " + ExecutableFile.reason(e), e);
        }
    }

    /** Keeps an image that is made for one run, under the digest of its content, so that the same run finds the same file. */
    public Path keepOnce(byte[] image) throws CacheException {
        Path once = folder.resolve("once");
        Path file = write(once.resolve(Digests.sha256(image) + CacheLayout.SUFFIX), image, Optional.empty());
        try {
            prune(once);
        } catch (IOException e) {
            throw new CacheException("cannot clean up " + once + ": " + ExecutableFile.reason(e), e);
        }
        return file;
    }

    /**
     * Empties a cache folder; the folder itself stays, and the account that is kept of sandboxes, which may run. A folder that
     * is not there is empty already.
     */
    public static void clear(Path folder) throws CacheException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            check(folder);
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                    return visited.equals(folder.resolve(SANDBOXES))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path visited, java.io.@org.jspecify.annotations.Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    if (!visited.equals(folder)) {
                        Files.deleteIfExists(visited);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new CacheException("cannot clear the cache " + folder + ": " + ExecutableFile.reason(e), e);
        }
    }

    private Path write(Path file, byte[] image, Optional<FileTime> modified) throws CacheException {
        try {
            Path parent = file.getParent();
            if (parent != null) {
                PrivateFolder.make(parent);
            }
            ExecutableFile.write(file, image, "rwx------", modified);
            if (!Files.isExecutable(file)) {
                throw new CacheException("cannot use the cache " + folder + ": its file system is mounted noexec");
            }
            return file;
        } catch (IOException e) {
            throw new CacheException("cannot write " + file + ": " + ExecutableFile.reason(e), e);
        }
    }

    private static void check(Path folder) throws IOException, CacheException {
        Optional<String> whyNot = PrivateFolder.whyNot(folder);
        if (whyNot.isPresent()) {
            throw new CacheException("cannot use the cache " + folder + ": " + whyNot.get());
        }
    }

    private static void prune(Path once) throws IOException {
        List<Path> images = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(once)) {
            stream.forEach(images::add);
        }
        if (images.size() <= OVERFLOW_ONCE) {
            return;
        }
        record Aged(Path file, FileTime written) {}
        List<Aged> aged = new ArrayList<>();
        for (Path image : images) {
            try {
                aged.add(new Aged(image, Files.getLastModifiedTime(image, LinkOption.NOFOLLOW_LINKS)));
            } catch (NoSuchFileException e) {
                // Another run cleans up as well.
            }
        }
        aged.sort(Comparator.comparing(Aged::written).reversed());
        for (Aged old : aged.subList(Math.min(KEPT_ONCE, aged.size()), aged.size())) {
            Files.deleteIfExists(old.file());
        }
    }
}
