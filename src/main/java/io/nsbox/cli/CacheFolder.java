package io.nsbox.cli;

import io.nsbox.launch.CacheLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the cache is.
 *
 * <p>{@code bin/nsbox} decides, since it must find an image without Java, and says so; this repeats its rule for a jar that
 * is run without it.
 *
 * @param path absolute; {@code null} where there is none
 */
public record CacheFolder(@Nullable Path path) {
    /** Why there is no place, where {@link #path} is null. */
    static final String NONE = "there is no cache: neither HOME nor XDG_CACHE_HOME holds an absolute path in UTF-8";

    private static final Path OF_ROOT = Path.of(CacheLayout.OF_ROOT);

    /**
     * The folder that {@code bin/nsbox} gave, or else the one that its rule gives.
     *
     * @param given the script's answer: {@code null} where no script asks, empty where it found no place
     * @param root whether the caller is root, whose cache no variable moves
     */
    static CacheFolder of(@Nullable String given, Map<String, String> environment, boolean root) {
        if (given != null) {
            // Java would make another folder, whose name has other characters.
            boolean usable = !given.isEmpty() && RawArguments.areExact(List.of(given));
            return new CacheFolder(usable ? Path.of(given) : null);
        }
        if (root) {
            return new CacheFolder(OF_ROOT);
        }
        String cacheHome = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (cacheHome.startsWith("/")) {
            return new CacheFolder(Path.of(cacheHome, "nsbox"));
        }
        String home = environment.getOrDefault("HOME", "");
        return new CacheFolder(home.startsWith("/") ? Path.of(home, ".cache", "nsbox") : null);
    }
}
