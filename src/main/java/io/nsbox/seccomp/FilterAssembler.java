package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Assembles a policy to a filter.
 *
 * <p>First the architecture: a call of another one, such as an i386 call on x86-64, ends the process, as does one of the x32
 * ABI; the number -1, which a tracer sets to skip a call, is not one of those. Then a balanced tree over ranges of numbers
 * that are treated alike, and at its leaves the conditions.
 */
final class FilterAssembler {
    private static final long NUMBERS = 1L << 32;

    private final Policy policy;

    private FilterAssembler(Policy policy) {
        this.policy = policy;
    }

    /**
     * A range of numbers that are treated alike, up to the next one.
     *
     * @param from the first number
     * @param code what decides about them
     */
    private record Segment(long from, List<BpfInstruction> code) {}

    static Filter assemble(Policy policy) {
        FilterAssembler assembler = new FilterAssembler(policy);
        List<BpfInstruction> code = new ArrayList<>();
        int arch = SeccompData.auditArch(policy.arch());
        code.add(BpfInstruction.load(SeccompData.ARCH));
        code.add(BpfInstruction.compare(BpfInstruction.JUMP_EQUAL, arch, 1, 0));
        code.add(BpfInstruction.answer(Action.KILL_PROCESS));
        code.add(BpfInstruction.load(SeccompData.NUMBER));
        if (policy.arch() == Arch.X86_64) {
            code.add(BpfInstruction.compare(BpfInstruction.JUMP_AT_LEAST, SeccompData.X32_BIT, 0, 2));
            code.add(BpfInstruction.compare(BpfInstruction.JUMP_EQUAL, -1, 1, 0));
            code.add(BpfInstruction.answer(Action.KILL_PROCESS));
        }
        code.addAll(tree(assembler.segments()));
        return new Filter(policy.arch(), code);
    }

    private List<Segment> segments() {
        List<Segment> segments = new ArrayList<>();
        long next = 0;
        for (Map.Entry<Integer, Treatment> entry : policy.treatments().entrySet()) {
            int number = entry.getKey();
            if (number > next) {
                add(segments, next, answer(policy.defaultAction()));
            }
            add(segments, number, code(entry.getValue()));
            next = number + 1L;
        }
        if (next <= policy.largest()) {
            add(segments, next, answer(policy.defaultAction()));
            next = policy.largest() + 1L;
        }
        if (next < NUMBERS) {
            add(segments, next, answer(policy.unknownAction()));
        }
        return segments;
    }

    private static void add(List<Segment> segments, long from, List<BpfInstruction> code) {
        boolean alike =
                !segments.isEmpty() && segments.get(segments.size() - 1).code().equals(code);
        if (!alike) {
            segments.add(new Segment(from, code));
        }
    }

    /** The code that finds the range of the number in the accumulator and decides there. */
    private static List<BpfInstruction> tree(List<Segment> segments) {
        if (segments.size() == 1) {
            return segments.get(0).code();
        }
        int middle = segments.size() / 2;
        int border = (int) segments.get(middle).from();
        List<BpfInstruction> below = tree(segments.subList(0, middle));
        List<BpfInstruction> code = new ArrayList<>();
        if (below.size() <= BpfInstruction.FARTHEST) {
            code.add(BpfInstruction.compare(BpfInstruction.JUMP_AT_LEAST, border, below.size(), 0));
        } else {
            code.add(BpfInstruction.compare(BpfInstruction.JUMP_AT_LEAST, border, 0, 1));
            code.add(BpfInstruction.jump(below.size()));
        }
        code.addAll(below);
        code.addAll(tree(segments.subList(middle, segments.size())));
        return code;
    }

    private static List<BpfInstruction> answer(Action action) {
        return List.of(BpfInstruction.answer(action));
    }

    private static List<BpfInstruction> code(Treatment treatment) {
        List<BpfInstruction> code = new ArrayList<>();
        for (Alternative alternative : treatment.alternatives()) {
            List<ConditionCode> tests = alternative.conditions().stream()
                    .map(condition ->
                            ConditionCode.of(condition, treatment.call().argumentMask(condition.index())))
                    .filter(test -> !test.isAlways())
                    .toList();
            if (tests.stream().anyMatch(ConditionCode::isNever)) {
                continue;
            }
            code.addAll(ConditionCode.all(tests));
            code.add(BpfInstruction.answer(alternative.action()));
            if (tests.isEmpty()) {
                return code;
            }
        }
        code.add(BpfInstruction.answer(treatment.otherwise()));
        return code;
    }
}
