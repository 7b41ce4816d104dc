package io.nsbox.seccomp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Prints what a policy does with system calls, for people. */
public final class PolicyPrinter {
    private static final int WIDTH = 100;
    private static final String INDENT = "  ";

    private PolicyPrinter() {}

    /** The listing; every line ends with a line break. */
    public static String print(Policy policy) {
        StringBuilder text = new StringBuilder();
        text.append("others: ").append(policy.defaultAction().text()).append('\n');
        if (!policy.unknownAction().equals(policy.defaultAction())) {
            text.append("numbers above ")
                    .append(policy.largest())
                    .append(", newer than the profile: ")
                    .append(policy.unknownAction().text())
                    .append('\n');
        }
        Map<Action, TreeSet<String>> always = new TreeMap<>(PolicyPrinter::byLeniency);
        List<String> byArguments = new ArrayList<>();
        for (Treatment treatment : policy.treatments().values()) {
            String name = treatment.call().name();
            if (treatment.alternatives().isEmpty()) {
                always.computeIfAbsent(treatment.otherwise(), action -> new TreeSet<>())
                        .add(name);
            } else {
                byArguments.add(name + ": " + choices(treatment));
            }
        }
        always.forEach((action, names) -> {
            text.append('\n')
                    .append(action.text())
                    .append(" (")
                    .append(names.size())
                    .append("):\n");
            wrap(text, names);
        });
        if (!byArguments.isEmpty()) {
            byArguments.sort(null);
            text.append("\nby arguments (").append(byArguments.size()).append("):\n");
            byArguments.forEach(line -> text.append(INDENT).append(line).append('\n'));
        }
        return text.toString();
    }

    /** Such as {@code allow if arg0 == 0x0, allow if arg0 == 0x8, else errno 1 (EPERM)}. */
    private static String choices(Treatment treatment) {
        return treatment.alternatives().stream()
                        .map(alternative -> alternative.action().text() + " if " + alternative.text())
                        .collect(Collectors.joining(", "))
                + ", else "
                + treatment.otherwise().text();
    }

    private static int byLeniency(Action one, Action other) {
        int order = other.kind().compareTo(one.kind());
        return order != 0 ? order : Integer.compare(one.data(), other.data());
    }

    private static void wrap(StringBuilder text, Collection<String> names) {
        int column = 0;
        for (String name : names) {
            if (column > 0 && column + 1 + name.length() > WIDTH) {
                text.append('\n');
                column = 0;
            }
            text.append(column == 0 ? INDENT : " ").append(name);
            column += name.length() + (column == 0 ? INDENT.length() : 1);
        }
        text.append('\n');
    }
}
