package io.nsbox.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCacheTest {
    private static final byte[] IMAGE = "an image".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path temp;

    @Test
    void aNewCacheBelongsToItsOwnerAlone() throws Exception {
        ImageCache.open(temp.resolve("home/.cache/nsbox"));

        assertThat(mode("home/.cache/nsbox")).isEqualTo("rwx------");
        assertThat(mode("home/.cache")).isEqualTo("rwx------");
    }

    @Test
    void anImageIsKeptUnderThePathOfItsSpec() throws Exception {
        Path image = cache().keep("/srv/./a  b/box.yaml", IMAGE);

        assertThat(image).hasToString(temp + "/nsbox/images/srv/./a  b/box.yaml.image");
        assertThat(image).hasBinaryContent(IMAGE);
        assertThat(mode("nsbox/images/srv/a  b/box.yaml.image")).isEqualTo("rwx------");
        assertThat(mode("nsbox/images/srv/a  b")).isEqualTo("rwx------");
    }

    @Test
    void aNewImageReplacesTheOldOneWithoutWritingIntoIt() throws Exception {
        Path image = cache().keep("/box.yaml", IMAGE);
        Object before = Files.getAttribute(image, "unix:ino");

        cache().keep("/box.yaml", new byte[] {1, 2, 3});

        assertThat(image).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(Files.getAttribute(image, "unix:ino")).isNotEqualTo(before);
        assertThat(files("nsbox/images")).containsExactly("box.yaml.image");
    }

    @Test
    void theSameOneTimeImageIsOneFile() throws Exception {
        Path first = cache().keepOnce(IMAGE);
        Path second = cache().keepOnce(IMAGE);

        assertThat(second).isEqualTo(first);
        assertThat(files("nsbox/once"))
                .containsExactly("a5df3fde7b200c3fa2791144c7e05c5c2bced4c6ad863d3a4cf76c972c1712f9.image");
    }

    @Test
    void oneTimeImagesDoNotPileUp() throws Exception {
        ImageCache cache = cache();
        Path newest = cache.keepOnce(IMAGE);
        for (int i = 0; i < 200; i++) {
            Path old = Files.write(temp.resolve("nsbox/once/" + i + ".image"), IMAGE);
            Files.setLastModifiedTime(old, FileTime.fromMillis(i));
        }

        cache.keepOnce(IMAGE);

        assertThat(files("nsbox/once"))
                .hasSize(100)
                .contains(newest.getFileName().toString(), "199.image", "101.image")
                .doesNotContain("100.image");
    }

    @Test
    void aSymbolicLinkIsRefused() throws Exception {
        Files.createDirectory(temp.resolve("elsewhere"));
        Files.createSymbolicLink(temp.resolve("nsbox"), temp.resolve("elsewhere"));

        assertRefused("it is a symbolic link");
        assertThat(files("elsewhere")).isEmpty();
    }

    @Test
    void aFileIsRefused() throws Exception {
        Files.createFile(temp.resolve("nsbox"));

        assertRefused("it is not a folder");
    }

    @Test
    void aFolderThatAGroupCanWriteToIsRefused() throws Exception {
        Files.createDirectory(temp.resolve("nsbox"));
        chmod("nsbox", "rwxrwx---");

        assertRefused("others can write to it; chmod 700 mends that, once you know what is in it");
    }

    @Test
    void clearingLeavesAnEmptyFolder() throws Exception {
        cache().keep("/srv/box.yaml", IMAGE);
        cache().keepOnce(IMAGE);

        ImageCache.clear(temp.resolve("nsbox"));

        assertThat(files("nsbox")).isEmpty();
    }

    @Test
    void clearingDoesNotFollowLinks() throws Exception {
        cache();
        Path precious =
                Files.createFile(Files.createDirectory(temp.resolve("home")).resolve("precious"));
        Files.createSymbolicLink(temp.resolve("nsbox/link"), temp.resolve("home"));

        ImageCache.clear(temp.resolve("nsbox"));

        assertThat(precious).exists();
        assertThat(files("nsbox")).isEmpty();
    }

    @Test
    void clearingRefusesWhatIsNotACache() throws Exception {
        Files.createDirectory(temp.resolve("home"));
        Files.createSymbolicLink(temp.resolve("nsbox"), temp.resolve("home"));

        assertThatThrownBy(() -> ImageCache.clear(temp.resolve("nsbox")))
                .isInstanceOf(CacheException.class)
                .hasMessage("cannot use the cache " + temp + "/nsbox: it is a symbolic link");
    }

    @Test
    void clearingNothingIsFine() throws Exception {
        ImageCache.clear(temp.resolve("never-made"));

        assertThat(temp.resolve("never-made")).doesNotExist();
    }

    @Test
    void anImageInTheWayOfAFolderIsAnErrorWithoutATrace() throws Exception {
        cache().keep("/srv/box", IMAGE);

        assertThatThrownBy(() -> cache().keep("/srv/box.image/inner", IMAGE)).isInstanceOf(CacheException.class);
        assertThat(files("nsbox/images/srv")).containsExactly("box.image");
    }

    private ImageCache cache() throws CacheException {
        return ImageCache.open(temp.resolve("nsbox"));
    }

    private void assertRefused(String why) {
        assertThatThrownBy(this::cache)
                .isInstanceOf(CacheException.class)
                .hasMessage("cannot use the cache " + temp + "/nsbox: " + why);
    }

    private void chmod(String file, String permissions) throws IOException {
        Files.setPosixFilePermissions(temp.resolve(file), PosixFilePermissions.fromString(permissions));
    }

    private String mode(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve(file)));
    }

    private List<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
