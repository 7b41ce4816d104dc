package io.nsbox.spec;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A signal by its name and its number; the numbers are the same on x86-64 and aarch64 (signal(7)).
 *
 * @param name such as {@code SIGTERM}
 * @param number 1 to 64
 */
public record Signal(String name, int number) {
    /** What asks a command to end, unless the spec says otherwise. */
    public static final Signal TERM = new Signal("SIGTERM", 15);

    /** The signals with a name of their own, in the order of their numbers from 1 (signal(7); the same on both architectures). */
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private static final Map<String, String> OTHER_NAMES =
            Map.of("IOT", "ABRT", "CLD", "CHLD", "POLL", "IO", "UNUSED", "SYS");

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]?");
    private static final Pattern REAL_TIME = Pattern.compile("RTM(IN([+][0-9]{1,2})?|AX(-[0-9]{1,2})?)");

    /** The highest signal number. */
    public static final int HIGHEST = 64;

    /** The first real-time signal that programs see: the C library keeps 32 and 33 for itself (signal(7)). */
    private static final int RTMIN = 34;

    /**
     * The signal that a spec spells so.
     *
     * @param written a name with or without {@code SIG}, in any case; a number from 1 to 64, or {@code SIGRTMIN+n} or {@code SIGRTMAX-n}
     */
    public static Optional<Signal> parse(String written) {
        String text = written.toUpperCase(Locale.ROOT);
        if (NUMBER.matcher(text).matches()) {
            return ofNumber(Integer.parseInt(text));
        }
        String name = text.startsWith("SIG") ? text.substring(3) : text;
        if (REAL_TIME.matcher(name).matches()) {
            int offset = name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0;
            int number = name.startsWith("RTMIN") ? RTMIN + offset : HIGHEST - offset;
            return number < RTMIN ? Optional.empty() : ofNumber(number);
        }
        int index = NAMES.indexOf(OTHER_NAMES.getOrDefault(name, name));
        return index < 0 ? Optional.empty() : ofNumber(index + 1);
    }

    /** The spelling of {@link #parse} as a regular expression of the dialect that JSON Schema shares with Java. */
    public static String pattern() {
        String names = String.join("|", NAMES) + "|" + String.join("|", new TreeSet<>(OTHER_NAMES.keySet()));
        String realTime = "RTMIN([+]([0-9]|[12][0-9]|30))?|RTMAX(-([0-9]|[12][0-9]|30))?";
        return "^(" + inAnyCase("(SIG)?(" + names + "|" + realTime + ")") + "|[1-9]|[1-5][0-9]|6[0-4])$";
    }

    /** That dialect has no flag for it. */
    private static String inAnyCase(String pattern) {
        StringBuilder out = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            out.append(Character.isLetter(c) ? "[" + c + Character.toLowerCase(c) + "]" : String.valueOf(c));
        }
        return out.toString();
    }

    /** The names that stand for one number each, with {@code SIG}, for suggestions. */
    public static List<String> names() {
        return NAMES.stream().map(name -> "SIG" + name).toList();
    }

    private static Optional<Signal> ofNumber(int number) {
        if (number < 1 || number > HIGHEST) {
            return Optional.empty();
        }
        if (number <= NAMES.size()) {
            return Optional.of(new Signal("SIG" + NAMES.get(number - 1), number));
        }
        int offset = number - RTMIN;
        // 32 and 33 have no name.
        String name = offset < 0 ? Integer.toString(number) : offset == 0 ? "SIGRTMIN" : "SIGRTMIN+" + offset;
        return Optional.of(new Signal(name, number));
    }
}
