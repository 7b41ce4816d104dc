package io.nsbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    @Test
    void theCacheIsBelowXdgCacheHome() {
        assertThat(folder(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h"), false)).isEqualTo(Path.of("/x/nsbox"));
    }

    @Test
    void aRelativeXdgCacheHomeIsIgnoredAsItsSpecificationSays() {
        assertThat(folder(Map.of("XDG_CACHE_HOME", "x", "HOME", "/h"), false)).isEqualTo(Path.of("/h/.cache/nsbox"));
    }

    @Test
    void withoutAHomeThereIsNone() {
        assertThat(folder(Map.of("HOME", ""), false)).isNull();
    }

    @Test
    void noVariableMovesTheCacheOfRoot() {
        assertThat(folder(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h"), true)).isEqualTo(Path.of("/var/cache/nsbox"));
    }

    @Test
    void theScriptsAnswerCounts() {
        assertThat(CacheFolder.of("/given", Map.of("HOME", "/h"), true).path()).isEqualTo(Path.of("/given"));
        assertThat(CacheFolder.of("", Map.of("HOME", "/h"), true).path()).isNull();
    }

    private static Path folder(Map<String, String> environment, boolean root) {
        return CacheFolder.of(null, environment, root).path();
    }
}
