package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Texts that a launcher needs only when something goes wrong, packed so that they take a third of their size.
 *
 * <p>They are named by their offset from the start of the unpacked memory. Packed they are a sequence of: a length (1 byte) and
 * so many bytes as they are; a length (1) and how far back that many bytes stand already (2, little-endian).
 */
final class PackedTexts {
    private static final int LONGEST = 255;
    private static final int SHORTEST_MATCH = 5;
    private static final int FARTHEST = 0xffff;

    private final ByteArrayOutputStream unpacked = new ByteArrayOutputStream();
    private final Map<String, Integer> known = new HashMap<>();

    /** With the empty text at 0, so that no other text is there. */
    PackedTexts() {
        text("");
    }

    /** Adds a text with its closing NUL, or finds it. */
    int text(String text) {
        Integer there = known.get(text);
        if (there != null) {
            return there;
        }
        int at = bytes(text.getBytes(StandardCharsets.UTF_8));
        unpacked.write(0);
        known.put(text, at);
        return at;
    }

    /** Adds bytes. */
    int bytes(byte[] content) {
        int at = unpacked.size();
        unpacked.write(content, 0, content.length);
        return at;
    }

    /** How much memory they take. */
    int size() {
        return unpacked.size();
    }

    /**
     * Emits their unpacking.
     *
     * @param to where to, at least {@link #size} bytes
     * @param scratch four slots
     */
    void emit(ProgramBuilder b, Operand to, Slot... scratch) {
        byte[] packed = pack(unpacked.toByteArray());
        Operand.Address from = b.struct("packed texts", packed);
        Slot at = scratch[0];
        Slot end = scratch[1];
        Slot length = scratch[2];
        Slot source = scratch[3];
        Label loop = b.label("unpack");
        b.set(at, from);
        b.set(end, to);
        b.place(loop);
        b.load(1, length, Operand.of(at), 0);
        b.add(at, 1);
        b.copy(Operand.of(end), Operand.of(at), Operand.of(length), end);
        b.compute(Arithmetic.ADD, at, Operand.of(at), Operand.of(length));
        b.load(1, length, Operand.of(at), 0);
        b.load(2, source, Operand.of(at), 1);
        b.add(at, 3);
        b.compute(Arithmetic.SUBTRACT, source, Operand.of(end), Operand.of(source));
        b.copy(Operand.of(end), Operand.of(source), Operand.of(length), end);
        b.branch(at, Condition.LESS, from.plus(packed.length), loop);
    }

    /** Packs bytes; the same bytes are packed the same way everywhere. */
    static byte[] pack(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        Map<Integer, Integer> latest = new HashMap<>();
        int[] before = new int[bytes.length];
        int literals = 0;
        int at = 0;
        while (at < bytes.length) {
            int best = 0;
            int distance = 0;
            int looks = 0;
            Integer candidate = at + 4 <= bytes.length ? latest.get(word(bytes, at)) : null;
            int from = candidate == null ? -1 : candidate;
            while (from >= 0 && at - from <= FARTHEST && looks++ < 32) {
                int length = 0;
                while (length < LONGEST && at + length < bytes.length && bytes[from + length] == bytes[at + length]) {
                    length++;
                }
                if (length > best) {
                    best = length;
                    distance = at - from;
                }
                from = before[from];
            }
            if (best < SHORTEST_MATCH && at - literals < LONGEST) {
                remember(bytes, at++, latest, before);
                continue;
            }
            int copied = best < SHORTEST_MATCH ? 0 : best;
            put(packed, bytes, literals, at, copied, distance);
            for (int i = 0; i < copied; i++) {
                remember(bytes, at++, latest, before);
            }
            literals = at;
        }
        put(packed, bytes, literals, at, 0, 0);
        return packed.toByteArray();
    }

    private static void put(ByteArrayOutputStream packed, byte[] bytes, int from, int to, int copied, int distance) {
        packed.write(to - from);
        packed.write(bytes, from, to - from);
        packed.write(copied);
        packed.write(distance);
        packed.write(distance >> 8);
    }

    private static void remember(byte[] bytes, int at, Map<Integer, Integer> latest, int[] before) {
        if (at + 4 <= bytes.length) {
            Integer earlier = latest.put(word(bytes, at), at);
            before[at] = earlier == null ? -1 : earlier;
        }
    }

    private static int word(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }
}
