package io.nsbox.cli;

import io.nsbox.launch.ImageCache;
import io.nsbox.state.Sandboxes;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where sandboxes that have a name are kept account of.
 *
 * @param path absolute; {@code null} where there is no place
 * @param byVariable whether XDG_RUNTIME_DIR says so
 */
public record StateFolder(@Nullable Path path, boolean byVariable) {
    /** Why there is no place, where {@link #path} is null. */
    static final String NONE =
            "there is no folder for sandboxes with a name: neither XDG_RUNTIME_DIR nor the cache is an absolute path";

    private static final Path OF_ROOT = Path.of("/run/nsbox");

    /**
     * Root's folder is {@code /run/nsbox}, whatever the environment says; anybody else's is in XDG_RUNTIME_DIR, or else in the
     * cache.
     *
     * @param root whether the caller is root
     */
    static StateFolder of(Map<String, String> environment, boolean root, CacheFolder cache) {
        if (root) {
            return new StateFolder(OF_ROOT, false);
        }
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (runtime.startsWith("/")) {
            return new StateFolder(Path.of(runtime, "nsbox"), true);
        }
        Path cached = cache.path();
        return new StateFolder(cached == null ? null : cached.resolve(ImageCache.SANDBOXES), false);
    }

    /** What a message ends with that tells why the place cannot be used. */
    String help() {
        return byVariable ? "; XDG_RUNTIME_DIR names this place: set it to a folder of your own, or unset it" : "";
    }

    /** The sandboxes in it. */
    Sandboxes sandboxes() {
        if (path == null) {
            throw new StateException(NONE);
        }
        return new Sandboxes(path);
    }
}
