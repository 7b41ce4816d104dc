package io.nsbox.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line as bytes.
 *
 * <p>Java replaces what is not UTF-8 in it without a word: another file would be read, another word would reach the command.
 */
final class RawArguments {
    private static final String REPLACEMENT = "\uFFFD";
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private RawArguments() {}

    /** Whether these texts, all from this process's command line, are what the caller wrote. */
    static boolean areExact(List<String> texts) {
        if (texts.stream().noneMatch(text -> text.contains(REPLACEMENT))) {
            return true;
        }
        // The replacement character may also be what the caller wrote.
        try {
            return isUtf8(Files.readAllBytes(COMMAND_LINE));
        } catch (IOException e) {
            return false;
        }
    }

    static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
