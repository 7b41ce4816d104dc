package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The table of all system calls, {@code syscalls.txt}. */
public final class SystemCalls {
    private static final Map<String, SystemCall> ALL = read();

    private SystemCalls() {}

    /** The system call of this name, if any architecture has one. */
    public static Optional<SystemCall> find(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** All names, in alphabetical order but for leading underscores. */
    public static Collection<String> names() {
        return ALL.keySet();
    }

    /** The system call that has this number on this architecture, if there is one. */
    public static Optional<SystemCall> byNumber(Arch arch, int number) {
        return ALL.values().stream()
                .filter(call -> number >= 0 && call.number(arch).orElse(-1) == number)
                .findFirst();
    }

    private static Map<String, SystemCall> read() {
        Map<String, SystemCall> calls = new LinkedHashMap<>(1024);
        // Split by hand: this runs on the cold path of a start, where regular expressions cost more than they save.
        String text = text();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            if (text.charAt(at) != '#') {
                int first = text.indexOf(' ', at);
                int second = text.indexOf(' ', first + 1);
                int third = text.indexOf(' ', second + 1);
                String name = text.substring(at, first);
                String widths = text.substring(third + 1, end);
                calls.put(
                        name,
                        new SystemCall(
                                name,
                                number(text.substring(first + 1, second)),
                                number(text.substring(second + 1, third)),
                                widths.equals("-") ? "" : widths));
            }
            at = end + 1;
        }
        return Collections.unmodifiableMap(calls);
    }

    private static int number(String word) {
        return word.equals("-") ? -1 : Integer.parseInt(word);
    }

    private static String text() {
        try (InputStream in = Objects.requireNonNull(SystemCalls.class.getResourceAsStream("syscalls.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
