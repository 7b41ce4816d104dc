package io.nsbox.seccomp;

import java.util.ArrayList;
import java.util.List;

/**
 * The code of one condition: it goes on behind itself where the condition holds, and fails where it does not.
 *
 * @param steps its instructions, with jumps that are not resolved yet
 * @param isNever whether the condition cannot hold
 */
record ConditionCode(List<Step> steps, boolean isNever) {
    private static final ConditionCode ALWAYS = new ConditionCode(List.of(), false);
    private static final ConditionCode NEVER = new ConditionCode(List.of(), true);

    /** Go on behind the condition. */
    private static final int PASS = -1;
    /** The condition does not hold. */
    private static final int FAIL = -2;
    /** Go on with the next instruction. */
    private static final int NEXT = 0;

    private static final long LOW = 0xffff_ffffL;

    /** An instruction whose jumps are {@link #PASS}, {@link #FAIL} or {@link #NEXT}. */
    private record Step(int code, int jt, int jf, int k) {}

    ConditionCode {
        steps = List.copyOf(steps);
    }

    /** Whether the condition holds for every argument. */
    boolean isAlways() {
        return steps.isEmpty() && !isNever;
    }

    /** The code of a condition on an argument of which the kernel looks at the bits of the mask. */
    static ConditionCode of(Condition condition, long mask) {
        if (condition.comparison() == Comparison.MASKED_EQ) {
            return masked(condition, mask);
        }
        return mask == -1L ? wide(condition) : narrow(condition, mask);
    }

    private static ConditionCode masked(Condition condition, long mask) {
        // As with libseccomp: bits beyond the mask do not count.
        long wanted = condition.valueTwo() & condition.value();
        long bits = condition.value() & mask;
        if ((wanted & ~mask) != 0) {
            return NEVER;
        }
        List<Step> steps = new ArrayList<>();
        half(steps, SeccompData.high(condition.index()), (int) (bits >>> 32), (int) (wanted >>> 32));
        half(steps, SeccompData.low(condition.index()), (int) bits, (int) wanted);
        return steps.isEmpty() ? ALWAYS : new ConditionCode(steps, false);
    }

    private static void half(List<Step> steps, int offset, int bits, int wanted) {
        if (bits == 0) {
            return;
        }
        steps.add(load(offset));
        if (bits != -1) {
            steps.add(new Step(BpfInstruction.AND, NEXT, NEXT, bits));
        }
        steps.add(new Step(BpfInstruction.JUMP_EQUAL, NEXT, FAIL, wanted));
    }

    /** An argument of 32 bits or less: the upper half is not looked at, whatever the caller put there. */
    private static ConditionCode narrow(Condition condition, long mask) {
        long value = condition.value();
        if (Long.compareUnsigned(value, mask) > 0) {
            return switch (condition.comparison()) {
                case EQ, GT, GE -> NEVER;
                default -> ALWAYS;
            };
        }
        List<Step> steps = new ArrayList<>();
        steps.add(load(SeccompData.low(condition.index())));
        if (mask != LOW) {
            steps.add(new Step(BpfInstruction.AND, NEXT, NEXT, (int) mask));
        }
        steps.add(low(condition.comparison(), (int) value));
        return new ConditionCode(steps, false);
    }

    private static ConditionCode wide(Condition condition) {
        int high = (int) (condition.value() >>> 32);
        List<Step> steps = new ArrayList<>();
        steps.add(load(SeccompData.high(condition.index())));
        switch (condition.comparison()) {
            case EQ -> steps.add(new Step(BpfInstruction.JUMP_EQUAL, NEXT, FAIL, high));
            case NE -> steps.add(new Step(BpfInstruction.JUMP_EQUAL, NEXT, PASS, high));
            case GT, GE -> {
                steps.add(new Step(BpfInstruction.JUMP_GREATER, PASS, NEXT, high));
                steps.add(new Step(BpfInstruction.JUMP_EQUAL, NEXT, FAIL, high));
            }
            default -> {
                steps.add(new Step(BpfInstruction.JUMP_GREATER, FAIL, NEXT, high));
                steps.add(new Step(BpfInstruction.JUMP_EQUAL, NEXT, PASS, high));
            }
        }
        steps.add(load(SeccompData.low(condition.index())));
        steps.add(low(condition.comparison(), (int) condition.value()));
        return new ConditionCode(steps, false);
    }

    private static Step load(int offset) {
        return new Step(BpfInstruction.LOAD, NEXT, NEXT, offset);
    }

    /** Compares the low half, with the high one known to be equal or not to count. */
    private static Step low(Comparison comparison, int value) {
        return switch (comparison) {
            case EQ, MASKED_EQ -> new Step(BpfInstruction.JUMP_EQUAL, NEXT, FAIL, value);
            case NE -> new Step(BpfInstruction.JUMP_EQUAL, FAIL, NEXT, value);
            case GT -> new Step(BpfInstruction.JUMP_GREATER, NEXT, FAIL, value);
            case LE -> new Step(BpfInstruction.JUMP_GREATER, FAIL, NEXT, value);
            case GE -> new Step(BpfInstruction.JUMP_AT_LEAST, NEXT, FAIL, value);
            case LT -> new Step(BpfInstruction.JUMP_AT_LEAST, FAIL, NEXT, value);
        };
    }

    /** The code of conditions that must all hold: it ends before one more instruction, which it skips where one fails. */
    static List<BpfInstruction> all(List<ConditionCode> tests) {
        int length = tests.stream().mapToInt(test -> test.steps.size()).sum();
        List<BpfInstruction> code = new ArrayList<>();
        int end = 0;
        for (ConditionCode test : tests) {
            end += test.steps.size();
            for (Step step : test.steps) {
                int after = code.size() + 1;
                code.add(BpfInstruction.compare(
                        step.code,
                        step.k,
                        distance(step.jt, after, end, length + 1),
                        distance(step.jf, after, end, length + 1)));
            }
        }
        return code;
    }

    private static int distance(int target, int from, int pass, int fail) {
        return switch (target) {
            case PASS -> pass - from;
            case FAIL -> fail - from;
            default -> 0;
        };
    }
}
