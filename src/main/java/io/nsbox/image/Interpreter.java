package io.nsbox.image;

import io.nsbox.program.Arch;
import io.nsbox.program.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The interpreter's machine code: one constant piece of bytes for each architecture, and one more, which differs in a single
 * instruction, for tables so long that their targets count in larger units.
 *
 * <p>The hex listings are made from the assembly sources under {@code src/main/asm}; a test assembles those again.
 */
public final class Interpreter {
    private Interpreter() {}

    /**
     * The code for this architecture; its first byte is the launcher's entry point.
     *
     * @param targetUnit what the table's targets count: {@link Layout#TARGET_UNIT} or {@link Layout#FAR_TARGET_UNIT} bytes
     */
    public static byte[] code(Arch arch, int targetUnit) {
        String resource = "interpreter-" + arch.word() + (targetUnit == Layout.FAR_TARGET_UNIT ? "-far" : "") + ".hex";
        try (InputStream listing = Interpreter.class.getResourceAsStream(resource)) {
            if (listing == null) {
                throw new IllegalStateException(resource + " is missing from the jar");
            }
            return parse(new String(listing.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] parse(String listing) {
        byte[] code = new byte[listing.length() / 2];
        int size = 0;
        int high = -1;
        for (int i = 0; i < listing.length(); i++) {
            int digit = Character.digit(listing.charAt(i), 16);
            if (digit < 0) {
                continue;
            }
            if (high < 0) {
                high = digit;
            } else {
                code[size++] = (byte) (high << 4 | digit);
                high = -1;
            }
        }
        return java.util.Arrays.copyOf(code, size);
    }
}
