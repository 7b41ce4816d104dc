package io.nsbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What strace(1) wrote with {@code -f -o}: for each process its calls, in order, those that another process's line
 * interrupted put together again.
 */
final class StraceLog {
    /**
     * One call.
     *
     * @param name the call
     * @param arguments everything between its parentheses
     * @param result what stands behind the equals sign
     */
    record Call(String name, String arguments, String result) {
        /** Whether it returned an error. */
        boolean failed() {
            return result.startsWith("-1");
        }

        /** Whether strace made it fail. */
        boolean injected() {
            return result.contains("(INJECTED)");
        }

        /** As strace writes it, without the result. */
        String text() {
            return name + "(" + arguments + ")";
        }
    }

    private static final Pattern LINE = Pattern.compile("(?:(\\d+) +)?(.*)", Pattern.DOTALL);
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)");
    private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\) += (.*)");
    private static final String UNFINISHED = " <unfinished ...>";

    private final Map<Long, List<Call>> calls = new LinkedHashMap<>();

    /** Reads a log. */
    static StraceLog read(Path file) {
        StraceLog log = new StraceLog();
        try {
            Map<Long, String> unfinished = new LinkedHashMap<>();
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            for (String line : text.split("\n")) {
                log.add(line, unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return log;
    }

    private void add(String whole, Map<Long, String> unfinished) {
        Matcher line = LINE.matcher(whole);
        if (!line.matches() || line.group(2).isEmpty()) {
            return;
        }
        long pid = line.group(1) == null ? 0 : Long.parseLong(line.group(1));
        String text = line.group(2);
        List<Call> ofProcess = calls.computeIfAbsent(pid, key -> new ArrayList<>());
        if (text.endsWith(UNFINISHED)) {
            unfinished.put(pid, text.substring(0, text.length() - UNFINISHED.length()));
            return;
        }
        Matcher resumed = RESUMED.matcher(text);
        if (resumed.matches()) {
            text = unfinished.remove(pid) + resumed.group(2);
        }
        Matcher call = CALL.matcher(text);
        if (call.matches()) {
            ofProcess.add(new Call(call.group(1), call.group(2).stripTrailing(), call.group(3)));
        }
    }

    /** The processes, in the order in which they were made: which of two children speaks first is a race. */
    List<Long> processes() {
        return Stream.concat(
                        calls.keySet().stream().limit(1),
                        calls.keySet().stream().skip(1).sorted())
                .toList();
    }

    /** The calls of one process. */
    List<Call> of(long process) {
        return calls.get(process);
    }

    /** The calls of the process that was started, without the execve that started it. */
    List<Call> ofFirst() {
        List<Call> all = of(processes().get(0));
        return all.subList(1, all.size());
    }

    /** The calls of the first process's first child. */
    List<Call> ofSecond() {
        return of(processes().get(1));
    }

    /** Everything until the command is executed, that included. */
    static List<Call> untilExecuted(List<Call> calls) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).name().equals("execve") && !calls.get(i).failed()) {
                return calls.subList(0, i + 1);
            }
        }
        return calls;
    }
}
