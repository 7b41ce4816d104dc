package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Turns a file's bytes into text: UTF-8, printable (YAML 1.2, section 5.1), with or without a byte order mark. */
final class SourceDecoder {
    private static final char BYTE_ORDER_MARK = '\ufeff';
    private static final char REPLACEMENT = '\ufffd';

    private SourceDecoder() {}

    /** The text, or nothing where a problem was reported. */
    static Optional<SourceText> decode(String name, byte[] bytes, Diagnostics diagnostics) {
        if (isUtf16(bytes)) {
            diagnostics.add(Diagnostic.of(Severity.ERROR, Code.NOT_TEXT, name, "the file is UTF-16, not UTF-8")
                    .withHelp("save it as UTF-8"));
            return Optional.empty();
        }
        String decoded = new String(bytes, StandardCharsets.UTF_8);
        int malformed = decoded.indexOf(REPLACEMENT) < 0 ? -1 : firstMalformedByte(bytes);
        SourceText source = new SourceText(name, withoutMark(decoded));
        if (malformed >= 0) {
            int offset = withoutMark(new String(bytes, 0, malformed, StandardCharsets.UTF_8))
                    .length();
            report(
                    diagnostics,
                    source.span(offset, offset + 1),
                    String.format(
                            Locale.ROOT, "the byte 0x%02x is not part of any UTF-8 text", bytes[malformed] & 0xff),
                    "save the file as UTF-8");
            return Optional.empty();
        }
        String text = source.text();
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!StreamReader.isPrintable(c)) {
                String what = c == 0 ? "a NUL byte" : String.format(Locale.ROOT, "the control character U+%04X", c);
                String help =
                        "remove it; inside double quotes an escape such as \"\\e\" or \"\\t\" can stand for a character";
                report(diagnostics, source.span(i, i + 1), "a spec is text, and this is " + what, help);
                return Optional.empty();
            }
            i += Character.charCount(c);
        }
        return Optional.of(source);
    }

    private static void report(Diagnostics diagnostics, Span span, String message, String help) {
        diagnostics.add(
                Diagnostic.at(Severity.ERROR, Code.NOT_TEXT, span, "", message).withHelp(help));
    }

    private static boolean isUtf16(byte[] bytes) {
        return bytes.length >= 2
                && ((bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)
                        || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff));
    }

    private static String withoutMark(String text) {
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    /** The replacement character may also stand in the file itself, so the decoder has the last word. */
    private static int firstMalformedByte(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CoderResult result = decoder.decode(in, CharBuffer.allocate(bytes.length), true);
        return result.isError() ? in.position() : -1;
    }
}
