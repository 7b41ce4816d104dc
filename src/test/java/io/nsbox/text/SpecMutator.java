package io.nsbox.text;

import io.nsbox.spec.Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes specs that are nearly right out of specs that are right, by a seed. */
final class SpecMutator {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_./~-]+");

    /** Values that mean something else than they look like, are too large, or are not for a terminal. */
    private static final List<String> ODD = List.of(
            "",
            "~",
            "null",
            "yes",
            "0",
            "-1",
            "-0",
            "08",
            "0o777",
            "0x7fffffff",
            "4294967295",
            "9223372036854775808",
            "99999999999999999999999999",
            "1e3",
            "1.5",
            ".inf",
            ".nan",
            "2001-12-14",
            "12:30:45",
            "\u00e4\u00f6",
            "\ud83e\udd80",
            "\u2705 \u2b50",
            "e\u0301\u0301",
            "\u4e2d\u6587",
            "\u1112\u1161\u11ab",
            "\u202eabc",
            "\u200b",
            "\ufeff",
            "\u2028",
            "\u0001",
            "\u007f",
            "\"\\ud83d\"",
            "\"\\u0000\"",
            "\"\\e[31m\\r\\n\"",
            "\"\\u009b31m\"",
            "!!int x",
            "!!str 1",
            "!foo bar",
            "&a b",
            "*a",
            "&a [*a]",
            "<<",
            "{<<: {a: b}}",
            "[]",
            "{}",
            "[~]",
            "[{}]",
            "{? [a] : b}",
            "[a, [b], {c: d}]",
            "|\n  x\n  y\n",
            ">-\n  x\n",
            "'it''s'",
            "\"a\\\n  b\"",
            "@x",
            "- a",
            "#c",
            "${HOME}",
            "~/x",
            "/",
            "../..",
            "a:b:c:d",
            "/x:size=1,mode=7",
            "64MiB",
            "999999999999d",
            "-1h",
            "500ms",
            "all",
            "root",
            "keep-id",
            "auto",
            "default",
            "minimal",
            "SIGRTMIN+99",
            "0:0",
            "3-0",
            "CAP_SYS_ADMIN",
            "=b",
            "'a b",
            "{type: tmpfs, target: /x, size: 64m}",
            "{inside: 0, outside: 4294967295, count: 4294967295}",
            "{soft: 2, hard: 1}");

    private final Random random;
    private final List<byte[]> specs;

    SpecMutator(long seed, List<byte[]> specs) {
        this.random = new Random(seed);
        this.specs = specs;
    }

    /** Another spec, changed in one to three places. */
    byte[] next() {
        byte[] bytes = any(specs);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            bytes = random.nextInt(5) == 0
                    ? bytes(bytes)
                    : lines(new String(bytes, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private byte[] bytes(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        byte[] changed = Arrays.copyOf(bytes, at);
        if (random.nextBoolean()) {
            return changed;
        }
        byte[] other = any(specs);
        int from = random.nextInt(other.length + 1);
        changed = Arrays.copyOf(bytes, at + other.length - from);
        System.arraycopy(other, from, changed, at, other.length - from);
        if (changed.length > 0 && random.nextBoolean()) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    private String lines(String text) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("(?<=\n)")));
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        switch (random.nextInt(10)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(random.nextInt(lines.size()), line);
            case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
            case 3 -> lines.set(at, " ".repeat(random.nextInt(4)) + line);
            case 4 -> lines.set(at, line.stripLeading());
            case 5 -> lines.set(at, line.replaceFirst("([:-]) .*", "$1 " + quoted(any(ODD))));
            case 6 -> lines.set(at, word(line));
            case 7 -> lines.add(at, any(Key.words()) + ": " + any(ODD) + "\n");
            case 8 -> {
                int middle = random.nextInt(line.length() + 1);
                lines.set(at, line.substring(0, middle) + any(ODD) + line.substring(middle));
            }
            default -> lines.add(0, "x-m: &m {" + any(Key.words()) + ": " + any(ODD) + "}\n<<: *m\n");
        }
        return String.join("", lines);
    }

    private static String quoted(String replacement) {
        return java.util.regex.Matcher.quoteReplacement(replacement);
    }

    private String word(String line) {
        List<MatchResult> words = WORD.matcher(line).results().toList();
        if (words.isEmpty()) {
            return line;
        }
        MatchResult word = any(words);
        String other = random.nextBoolean() ? any(ODD) : any(Key.words());
        return line.substring(0, word.start()) + other + line.substring(word.end());
    }
}
