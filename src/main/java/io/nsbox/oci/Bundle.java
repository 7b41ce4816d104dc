package io.nsbox.oci;

import io.nsbox.diag.Diagnostic;
import java.util.List;
import java.util.Map;

/**
 * What a spec comes to as an OCI bundle.
 *
 * @param config the content of {@code config.json}, ready to be written as JSON
 * @param files the files that it mounts from the bundle's folder
 * @param emptyRoot whether the bundle has an empty folder {@code rootfs}, on which the root is mounted
 * @param diagnostics what cannot be expressed, as errors, and what a runtime does otherwise, as warnings; in file order
 */
public record Bundle(
        Map<String, Object> config, List<ContentFile> files, boolean emptyRoot, List<Diagnostic> diagnostics) {
    /** The folder of the bundle on which a root is mounted that is not a folder of its own. */
    public static final String ROOT = "rootfs";

    /** The folder of the bundle with the contents of files. */
    public static final String FILES = "files";

    /**
     * A file of the bundle.
     *
     * @param name its path below the bundle's folder
     * @param content what it holds
     * @param mode permission bits, 0 to 0777
     */
    public record ContentFile(String name, String content, int mode) {}

    public Bundle {
        files = List.copyOf(files);
        diagnostics = List.copyOf(diagnostics);
    }

    /** Whether it describes the sandbox that the spec describes. */
    public boolean isComplete() {
        return diagnostics.stream().noneMatch(Diagnostic::isError);
    }
}
