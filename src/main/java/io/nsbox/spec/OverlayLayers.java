package io.nsbox.spec;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The layers of an overlay, as mount(2) is told of them (overlayfs). */
public final class OverlayLayers {
    /** mount(2) takes one page of text, the last byte of which ends it, and would drop the rest without a word. */
    private static final int LONGEST = 4095;

    private OverlayLayers() {}

    /**
     * The options.
     *
     * @param name distinguishes the folders of an overlay whose writes are thrown away
     */
    public static String options(List<String> lower, Rootfs.Overlay upper, String name, boolean inUserNamespace) {
        List<String> layers = lower.stream().map(OverlayLayers::escape).toList();
        String options = "lowerdir=" + String.join(":", layers);
        if (upper instanceof Rootfs.Kept kept) {
            options += ",upperdir=" + escape(kept.upper()) + ",workdir=" + escape(kept.work());
        } else {
            options += ",upperdir=upper-" + name + ",workdir=work-" + name;
        }
        return options + (inUserNamespace ? ",userxattr" : "");
    }

    private static String escape(String path) {
        return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
    }

    /** Reports overlays whose layers mount(2) cannot be told of. */
    static void check(SandboxSpec spec, Origins origins, Diagnostics diagnostics) {
        FileSystem files = spec.fileSystem();
        Rootfs rootfs = files.rootfs();
        if (rootfs != null && rootfs.overlay() != null) {
            String options = options(List.of(rootfs.path()), rootfs.overlay(), "root", spec.has(Namespace.USER));
            fits(options, origins.value(Key.ROOTFS.word()), Key.ROOTFS.word(), diagnostics);
        }
        for (int i = 0; i < files.mounts().size(); i++) {
            if (files.mounts().get(i) instanceof Mount.Overlay overlay) {
                String options =
                        options(overlay.lower(), upper(overlay.kept()), Integer.toString(i), spec.has(Namespace.USER));
                String path = "mounts[" + i + "].lower";
                fits(options, origins.value(path), path, diagnostics);
            }
        }
    }

    /** What catches the writes, where there may be no folders for it. */
    public static Rootfs.Overlay upper(Rootfs.@Nullable Kept kept) {
        return Objects.requireNonNullElseGet(kept, Rootfs.Discarded::new);
    }

    private static void fits(String options, Optional<Span> place, String path, Diagnostics diagnostics) {
        int length = options.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST && place.isPresent()) {
            diagnostics.add(Diagnostic.at(
                            Severity.ERROR,
                            Code.OUT_OF_RANGE,
                            place.get(),
                            path,
                            "the paths of this overlay's layers are too long together: " + length + " bytes")
                    .withHelp("mount(2) takes " + LONGEST
                            + " bytes for all of them: name fewer layers, or shorter paths"));
        }
    }
}
