package io.nsbox.launch;

import io.nsbox.image.ElfImage;
import io.nsbox.program.Arch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program that stands for an installation's {@code bin/nsbox} in a folder of the PATH. */
public final class Starter {
    /** Part of a text of every starter, by which it is known again. */
    static final String MARK = "run 'bin/nsbox install'";

    private static final int LARGEST = 0x1_0000;

    private Starter() {}

    /**
     * The bytes of the program; the same script and architecture give the same bytes.
     *
     * @param script the absolute path of the installation's {@code bin/nsbox}
     * @param arch what the program runs on
     */
    public static byte[] bytes(String script, Arch arch) {
        return ElfImage.write(StarterProgram.of(script, arch));
    }

    /**
     * Whether a file is a starter, of whichever installation.
     *
     * @throws IOException where it cannot be read
     */
    public static boolean isOne(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            String content = new String(in.readNBytes(LARGEST), StandardCharsets.ISO_8859_1);
            return content.startsWith("\177ELF") && content.contains(MARK);
        }
    }
}
