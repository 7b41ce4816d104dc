package io.nsbox.host;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A file of the machine, as it was when it was read.
 *
 * @param path absolute path as the machine sees it, without the root folder of a {@link HostTree}
 * @param content the bytes that were read
 */
public record HostFile(String path, byte[] content) {
    public HostFile {
        content = content.clone();
    }

    @Override
    public byte[] content() {
        return content.clone();
    }

    /** The content as UTF-8 text; what is not UTF-8 becomes U+FFFD and so matches no name. */
    public String text() {
        return new String(content, StandardCharsets.UTF_8);
    }

    /** The lines of the text, without their line breaks. */
    public List<String> lines() {
        String text = text();
        if (text.endsWith("\n")) {
            text = text.substring(0, text.length() - 1);
        }
        return text.isEmpty() ? List.of() : List.of(text.split("\n", -1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostFile that && path.equals(that.path) && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return 31 * path.hashCode() + Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return "HostFile[" + path + ", " + content.length + " bytes]";
    }
}
