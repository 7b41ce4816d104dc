package io.nsbox.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares text with a committed file; {@code -Dnsbox.update=true} writes the file instead. */
public final class Golden {
    private Golden() {}

    /** Whether the committed files are to be written anew. */
    public static boolean isUpdate() {
        return Boolean.getBoolean("nsbox.update");
    }

    /** Fails where the file does not hold exactly this text. */
    public static void compare(Path file, String actual) {
        try {
            if (isUpdate()) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            String expected = Files.exists(file) ? Files.readString(file) : "(no such file)";
            assertThat(actual)
                    .as("%s; if the change is meant, run with -Dnsbox.update=true and review the difference", file)
                    .isEqualTo(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
