package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes profiles by a seed, in Docker's JSON. */
final class ProfileGenerator {
    private static final List<String> ACTIONS = List.of(
            "SCMP_ACT_ALLOW",
            "SCMP_ACT_ERRNO",
            "SCMP_ACT_KILL_PROCESS",
            "SCMP_ACT_KILL_THREAD",
            "SCMP_ACT_TRAP",
            "SCMP_ACT_TRACE",
            "SCMP_ACT_LOG");

    private final Random random;
    private final List<String> names = new ArrayList<>(SystemCalls.names());

    /** Those that both architectures and every libseccomp know: it looks for contradictions in no others. */
    private final List<String> common = names.stream()
            .filter(name -> Stream.of(Arch.values()).allMatch(arch -> isOld(name, arch)))
            .toList();

    ProfileGenerator(long seed) {
        this.random = new Random(seed);
    }

    private static boolean isOld(String name, Arch arch) {
        return SystemCalls.find(name).orElseThrow().number(arch).orElse(1000) < 440;
    }

    String profile() {
        List<String> rules = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            int count = 1 + random.nextInt(60);
            String chosen = random.ints(count, 0, names.size())
                    .mapToObj(n -> "\"" + names.get(n) + "\"")
                    .distinct()
                    .collect(Collectors.joining(", "));
            rules.add("{\"names\": [" + chosen + "], " + action() + "}");
        }
        for (int i = random.nextInt(8); i > 0; i--) {
            rules.addAll(conditional(common.get(random.nextInt(common.size()))));
        }
        return "{\"defaultAction\": \"" + ACTIONS.get(random.nextInt(ACTIONS.size())) + "\", \"syscalls\": [\n  "
                + String.join(",\n  ", rules) + "\n]}\n";
    }

    private String action() {
        String action = ACTIONS.get(random.nextInt(ACTIONS.size()));
        boolean errno = action.equals("SCMP_ACT_ERRNO") && random.nextBoolean();
        return "\"action\": \"" + action + "\"" + (errno ? ", \"errnoRet\": " + (2 + random.nextInt(100)) : "");
    }

    /**
     * Rules with conditions about one system call, of a kind that libseccomp puts together as its manual says: they are a
     * union. Where "less" or "not equal" meets other comparisons of the same argument, libseccomp 2.5 puts the halves of their
     * values together so that calls match of which no rule speaks; nsbox does not, and so cannot be compared there.
     */
    private List<String> conditional(String name) {
        SystemCall call = SystemCalls.find(name).orElseThrow();
        List<String> rules = new ArrayList<>();
        String action = action();
        switch (random.nextInt(4)) {
            // One rule with conditions on several arguments.
            case 0 -> {
                List<String> conditions = new ArrayList<>();
                for (int index = 0; index < 6; index++) {
                    if (random.nextInt(3) == 0) {
                        conditions.add(condition(call, index, operator()));
                    }
                }
                rules.add(rule(name, action, conditions));
            }
            // One rule that names an argument twice, so that each condition is a rule of its own.
            case 1 -> {
                int index = random.nextInt(6);
                rules.add(rule(
                        name,
                        action,
                        List.of(condition(call, index, "SCMP_CMP_EQ"), condition(call, index, "SCMP_CMP_EQ"))));
            }
            // Several rules with a condition each, all of the same action.
            case 2 -> {
                int index = random.nextInt(6);
                for (int i = 0; i < 3; i++) {
                    String operator = random.nextBoolean() ? "SCMP_CMP_EQ" : "SCMP_CMP_MASKED_EQ";
                    rules.add(rule(name, action, List.of(condition(call, index, operator))));
                }
            }
            // Several values of one argument, each with an action of its own.
            default -> {
                int index = random.nextInt(6);
                for (int i = 0; i < 4; i++) {
                    rules.add(rule(name, action(), List.of(condition(call, index, "SCMP_CMP_EQ"))));
                }
            }
        }
        return rules;
    }

    private String operator() {
        Comparison[] all = Comparison.values();
        return all[random.nextInt(all.length)].word();
    }

    private static String rule(String name, String action, List<String> conditions) {
        return "{\"names\": [\"" + name + "\"], " + action + ", \"args\": [" + String.join(", ", conditions) + "]}";
    }

    private String condition(SystemCall call, int index, String operator) {
        long mask = call.argumentMask(index);
        long value = value() & mask;
        String two = "";
        if (operator.equals("SCMP_CMP_MASKED_EQ")) {
            // Bits beyond the mask in "value" do not count.
            two = ", \"valueTwo\": " + Long.toUnsignedString(value() & (random.nextBoolean() ? value : mask));
        }
        return "{\"index\": " + index + ", \"value\": " + Long.toUnsignedString(value) + two + ", \"op\": \"" + operator
                + "\"}";
    }

    private long value() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(16);
            case 1 -> random.nextLong();
            case 2 -> 1L << random.nextInt(64);
            case 3 -> (1L << random.nextInt(64)) - 1;
            default -> random.nextInt() & 0xffff_ffffL;
        };
    }
}
