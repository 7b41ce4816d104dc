package io.nsbox.spec;

import org.jspecify.annotations.Nullable;

/**
 * The folder that becomes {@code /}.
 *
 * @param path the folder, an absolute path of the caller's
 * @param overlay where what the sandbox writes goes; {@code null}: into the folder itself
 */
public record Rootfs(String path, @Nullable Overlay overlay) {

    /** What catches the writes of an overlay. */
    public sealed interface Overlay permits Discarded, Kept {}

    /** A tmpfs, which goes with the sandbox. */
    public record Discarded() implements Overlay {}

    /**
     * Two folders of one file system (overlayfs, "Upper and Lower").
     *
     * @param upper where changes are kept, an absolute path of the caller's
     * @param work an empty folder beside it, an absolute path of the caller's
     */
    public record Kept(String upper, String work) implements Overlay {}
}
