package io.nsbox.spec;

import java.util.Arrays;

/**
 * A file that a compilation read: an image made from it is right for as long as the file holds these bytes.
 *
 * @param path absolute path
 * @param content the bytes that were read
 */
public record InputFile(String path, byte[] content) {
    public InputFile {
        content = content.clone();
    }

    @Override
    public byte[] content() {
        return content.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InputFile that && path.equals(that.path) && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return 31 * path.hashCode() + Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return "InputFile[" + path + ", " + content.length + " bytes]";
    }
}
