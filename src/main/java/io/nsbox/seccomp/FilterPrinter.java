package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints a filter's instructions for people. */
public final class FilterPrinter {
    private static final String ARCH = "arch";
    private static final String NUMBER = "number";

    private final Filter filter;
    /** What the accumulator holds before each instruction. */
    private final String[] holds;

    private FilterPrinter(Filter filter) {
        this.filter = filter;
        this.holds = new String[filter.size() + BpfInstruction.FARTHEST + 2];
        Arrays.fill(holds, "");
    }

    /** One line an instruction, without line breaks; the number in front is what jumps name. */
    public static List<String> lines(Filter filter) {
        FilterPrinter printer = new FilterPrinter(filter);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < filter.size(); i++) {
            lines.add(String.format(Locale.ROOT, "%4d  %s", i, printer.text(i)));
        }
        return lines;
    }

    /** Jumps lead forward only, so what the accumulator holds is known when an instruction is printed. */
    private String text(int at) {
        BpfInstruction each = filter.instructions().get(at);
        int next = at + 1;
        switch (each.code()) {
            case BpfInstruction.LOAD -> {
                holds[next] = field(each.k());
                return "load " + holds[next];
            }
            case BpfInstruction.AND -> {
                holds[next] = holds[at] + " & " + hex(each.k());
                return "and " + hex(each.k());
            }
            case BpfInstruction.JUMP -> {
                holds[next + each.k()] = holds[at];
                return "go to " + (next + each.k());
            }
            case BpfInstruction.RETURN -> {
                return "return " + action(each.k());
            }
            default -> {
                holds[next + each.jt()] = holds[at];
                holds[next + each.jf()] = holds[at];
                return "if " + holds[at] + " " + sign(each.code()) + " " + operand(holds[at], each.k()) + " go to "
                        + (next + each.jt()) + ", else " + (next + each.jf());
            }
        }
    }

    private static String field(int offset) {
        if (offset == SeccompData.NUMBER) {
            return NUMBER;
        }
        if (offset == SeccompData.ARCH) {
            return ARCH;
        }
        for (int index = 0; index < 6; index++) {
            if (offset == SeccompData.low(index)) {
                return "arg" + index;
            }
            if (offset == SeccompData.high(index)) {
                return "arg" + index + " >> 32";
            }
        }
        return "[" + offset + "]";
    }

    private static String sign(int code) {
        return switch (code) {
            case BpfInstruction.JUMP_EQUAL -> "==";
            case BpfInstruction.JUMP_GREATER -> ">";
            default -> ">=";
        };
    }

    private String operand(String left, int k) {
        if (left.equals(ARCH)) {
            for (Arch arch : Arch.values()) {
                if (SeccompData.auditArch(arch) == k) {
                    return hex(k) + " (" + arch.word() + ")";
                }
            }
        }
        if (left.equals(NUMBER) && k >= 0 && k < SeccompData.X32_BIT) {
            return k
                    + SystemCalls.byNumber(filter.arch(), k)
                            .map(call -> " (" + call.name() + ")")
                            .orElse("");
        }
        return hex(k);
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }

    private static String action(int value) {
        for (Action.Kind kind : Action.Kind.values()) {
            Action action = new Action(kind, value & 0xffff);
            if (action.value() == value && (action.data() == 0 || kind != Action.Kind.ALLOW)) {
                return action.text();
            }
        }
        return hex(value);
    }
}
