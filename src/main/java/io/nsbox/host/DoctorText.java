package io.nsbox.host;

import io.nsbox.host.DoctorReport.Fact;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A {@link DoctorReport} as a table for people. */
public final class DoctorText {
    private static final String INDENT = "  ";

    private DoctorText() {}

    /**
     * Prints the report.
     *
     * @param colour whether the verdicts may use the colours of a terminal
     * @return lines that all end with a line break
     */
    public static String print(DoctorReport report, boolean colour) {
        StringBuilder out = new StringBuilder("this machine\n");
        int nameWidth = width(report.facts().stream().map(Fact::name).toList());
        for (Fact fact : report.facts()) {
            out.append(INDENT).append(pad(fact.name(), nameWidth)).append(INDENT);
            out.append(fact.value()).append('\n');
        }
        out.append("\nwhat a spec may ask for here").append(report.tried() ? "\n" : " (read from files, not tried)\n");
        int keyWidth = width(report.verdicts().stream().map(Verdict::key).toList());
        Map<List<String>, String> shown = new HashMap<>();
        for (Verdict verdict : report.verdicts()) {
            out.append(INDENT).append(pad(verdict.key(), keyWidth)).append(INDENT);
            print(out, verdict, colour, shown, " ".repeat(INDENT.length() * 2 + keyWidth));
        }
        out.append("\nkeys that are not listed ask nothing of the machine\n");
        if (out.indexOf("sysctl -w ") >= 0) {
            out.append("a `sysctl -w` lasts until the next boot; a line in /etc/sysctl.d/ keeps it\n");
        }
        return out.toString();
    }

    private static void print(
            StringBuilder out, Verdict verdict, boolean colour, Map<List<String>, String> shown, String margin) {
        String word = verdict.status().word();
        String reason = verdict.reason();
        String separator = verdict.status() == Verdict.Status.YES ? ", " : ": ";
        out.append(colour ? painted(verdict.status(), word) : word);
        out.append(reason.isEmpty() ? "" : separator + reason);
        String first = shown.putIfAbsent(verdict.fixes(), verdict.key());
        if (verdict.fixes().isEmpty()) {
            out.append('\n');
        } else if (first != null) {
            out.append("; fix: as for `").append(first).append("`\n");
        } else {
            out.append('\n');
            String label = "fix: ";
            for (String fix : verdict.fixes()) {
                out.append(margin).append(label).append(fix).append('\n');
                label = " or: ";
            }
        }
    }

    private static String painted(Verdict.Status status, String word) {
        String code = switch (status) {
            case YES -> "32";
            case NO -> "31";
            case UNKNOWN -> "33";
        };
        return "\u001b[" + code + "m" + word + "\u001b[0m";
    }

    private static int width(List<String> words) {
        return words.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
