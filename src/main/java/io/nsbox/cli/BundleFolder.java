package io.nsbox.cli;

import io.nsbox.oci.Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes an OCI bundle to a folder (runtime-spec, bundle.md). */
final class BundleFolder {
    private static final String CONFIG = "config.json";

    private BundleFolder() {}

    /**
     * Writes the bundle; {@code config.json} comes last and at once, so that a runtime never sees half of it.
     *
     * @param folder made if it is missing, but not the one that it lies in
     */
    static void write(Bundle bundle, Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder);
        }
        if (bundle.emptyRoot()) {
            folder(folder.resolve(Bundle.ROOT));
        }
        if (!bundle.files().isEmpty()) {
            folder(folder.resolve(Bundle.FILES));
        }
        for (Bundle.ContentFile file : bundle.files()) {
            replace(folder.resolve(file.name()), file.content(), permissions(file.mode()));
        }
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        replace(
                folder.resolve(CONFIG),
                mapper.writeValueAsString(bundle.config()) + "\n",
                PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder);
        }
        // Whatever the umask is: the command may be somebody else.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void replace(Path file, String content, Set<PosixFilePermission> permissions) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.writeString(
                fresh, content, StandardCharsets.UTF_8, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        Files.setPosixFilePermissions(fresh, permissions);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            // They are declared from the owner's right to read, 0400, to the others' to execute, 01.
            if ((mode >> (all.length - 1 - i) & 1) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }
}
