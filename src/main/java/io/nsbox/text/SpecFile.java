package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a spec file without hanging on what is no file and without filling memory with what is no spec. */
final class SpecFile {
    /** The most bytes that a spec may have. */
    static final int LARGEST = 1 << 20;

    /** {@code S_IFMT} and its kinds (inode(7)). */
    private static final int TYPE_MASK = 0170000;

    private SpecFile() {}

    /** The file's bytes, or nothing where a problem was reported. */
    static Optional<byte[]> read(String name, Path path, Diagnostics diagnostics) {
        if (name.isEmpty()) {
            // As an empty variable of a shell gives it; the path alone would be the working directory's.
            diagnostics.add(unreadable("''", "the name of the spec file is empty"));
            return Optional.empty();
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                diagnostics.add(notAFile(name, path, attributes));
                return Optional.empty();
            }
            // The size is not asked first: files of procfs say 0, and a file may grow while it is read.
            byte[] bytes;
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(LARGEST + 1);
            }
            if (bytes.length > LARGEST) {
                diagnostics.add(Diagnostic.of(
                        Severity.ERROR,
                        Code.FILE_TOO_LARGE,
                        name,
                        "the file is larger than " + LARGEST + " bytes, the most that a spec may have"));
                return Optional.empty();
            }
            return Optional.of(bytes);
        } catch (IOException e) {
            diagnostics.add(unreadable(name, path, e));
            return Optional.empty();
        }
    }

    private static Diagnostic notAFile(String name, Path path, BasicFileAttributes attributes) throws IOException {
        if (attributes.isDirectory()) {
            return unreadable(name, "this is a folder, not a spec file")
                    .withHelp("name a spec file in it; `nsbox validate` also takes folders");
        }
        int mode = (Integer) Files.getAttribute(path, "unix:mode") & TYPE_MASK;
        String kind = switch (mode) {
            case 0010000 -> "a named pipe";
            case 0020000 -> "a character device";
            case 0060000 -> "a block device";
            case 0140000 -> "a socket";
            default -> "a special file";
        };
        return unreadable(name, "this is " + kind + ", not a spec file")
                .withHelp("write the spec to a file first: messages and the image cache go by the file's name");
    }

    /** Says why a file cannot be read. */
    static Diagnostic unreadable(String name, Path path, IOException e) {
        if (e instanceof NoSuchFileException && isBelowFile(path)) {
            return unreadable(name, "the file cannot be read: Not a directory");
        }
        if (e instanceof NoSuchFileException && Files.isSymbolicLink(path)) {
            return unreadable(name, "this symbolic link leads to a file that does not exist");
        }
        if (e instanceof NoSuchFileException) {
            Diagnostic missing = unreadable(name, "no such file");
            return similar(path)
                    .map(other -> missing.withHelp("did you mean '" + sibling(name, other) + "'?"))
                    .orElse(missing);
        }
        if (e instanceof AccessDeniedException) {
            return unreadable(name, "permission denied").withHelp("the caller must be able to read the file");
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return unreadable(name, "the file cannot be read" + (reason == null ? "" : ": " + reason));
    }

    private static Diagnostic unreadable(String name, String message) {
        return Diagnostic.of(Severity.ERROR, Code.FILE_UNREADABLE, name, message);
    }

    /** Whether a part of the path is no folder: newer Javas call that "no such file" too. */
    private static boolean isBelowFile(Path path) {
        for (Path folder = path.getParent(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder)) {
                return !Files.isDirectory(folder);
            }
        }
        return false;
    }

    /** A file of the same folder whose name is nearly the same. */
    private static Optional<String> similar(Path path) {
        Path folder = path.getParent();
        Path last = path.getFileName();
        if (folder == null || last == null) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(f -> String.valueOf(f.getFileName()))
                    .filter(n -> n.endsWith(".yaml") || n.endsWith(".yml"))
                    .limit(1000)
                    .sorted()
                    .toList();
            String wanted = last.toString();
            for (String ending : List.of(".yaml", ".yml")) {
                if (names.contains(wanted + ending)) {
                    return Optional.of(wanted + ending);
                }
            }
            return Suggestion.nearest(wanted, names);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String sibling(String name, String other) {
        return name.substring(0, name.lastIndexOf('/') + 1) + other;
    }
}
