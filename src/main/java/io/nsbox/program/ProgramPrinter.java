package io.nsbox.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints a program's table, one instruction a line, with its sections and labels. */
public final class ProgramPrinter {
    private final Program program;
    private final Map<Integer, List<Label>> labels = new HashMap<>();

    private ProgramPrinter(Program program) {
        this.program = program;
        // Several labels may stand at one place; a map's own order differs from run to run.
        program.labels().keySet().stream()
                .sorted(Comparator.comparingInt(Label::id))
                .forEach(label -> labels.computeIfAbsent(program.indexOf(label), key -> new ArrayList<>())
                        .add(label));
    }

    /** The listing; every line ends with a line break. */
    public static String print(Program program) {
        return new ProgramPrinter(program).listing();
    }

    private String listing() {
        StringBuilder listing = new StringBuilder();
        Map<Integer, List<String>> titles = program.sections().stream()
                .collect(Collectors.groupingBy(
                        Program.Section::from, Collectors.mapping(Program.Section::title, Collectors.toList())));
        for (int i = 0; i < program.instructions().size(); i++) {
            titles.getOrDefault(i, List.of())
                    .forEach(title -> listing.append("# ").append(title).append('\n'));
            labels.getOrDefault(i, List.of())
                    .forEach(label -> listing.append("  ").append(name(label)).append(":\n"));
            listing.append("    ").append(line(program.instructions().get(i))).append('\n');
        }
        return listing.toString();
    }

    /** Names repeat, as "done" does; numbers do not. */
    private static String name(Label label) {
        return label.name() + " (" + label.id() + ")";
    }

    private static String line(Instruction instruction) {
        if (instruction instanceof Instruction.Call call) {
            return into(call.into()) + call.text() + onError(call.onError());
        }
        if (instruction instanceof Instruction.Jump jump) {
            return "go to " + text(jump.target());
        }
        if (instruction instanceof Instruction.Branch branch) {
            return "if " + text(branch.left()) + " " + branch.condition().sign() + " " + text(branch.right())
                    + " go to " + name(branch.target());
        }
        if (instruction instanceof Instruction.Compute compute) {
            String right = compute.operation() == Arithmetic.SET
                    ? ""
                    : " " + compute.operation().sign() + " " + text(compute.right());
            return into(compute.into()) + text(compute.left()) + right;
        }
        if (instruction instanceof Instruction.Load load) {
            return into(load.into()) + "load" + 8 * load.bytes() + " " + text(load.address()) + " + "
                    + text(load.offset());
        }
        if (instruction instanceof Instruction.Store store) {
            return "store" + 8 * store.bytes() + " " + text(store.address()) + " + " + text(store.offset()) + " = "
                    + text(store.value());
        }
        if (instruction instanceof Instruction.Decimal decimal) {
            return into(decimal.into()) + "decimal " + text(decimal.value()) + " to " + text(decimal.buffer());
        }
        if (instruction instanceof Instruction.Compare compare) {
            return into(compare.into()) + "compare " + text(compare.left()) + " with " + text(compare.right()) + ", "
                    + text(compare.length()) + " bytes";
        }
        if (instruction instanceof Instruction.Copy copy) {
            return into(copy.into()) + "copy " + text(copy.from()) + " to " + text(copy.to()) + ", "
                    + text(copy.length()) + " bytes";
        }
        if (instruction instanceof Instruction.Scan scan) {
            return into(scan.into()) + "scan " + text(scan.from()) + " for " + text(scan.wanted());
        }
        return into(((Instruction.Env) instruction).into()) + "env " + text(((Instruction.Env) instruction).name());
    }

    private static String text(Operand operand) {
        return operand instanceof Operand.Target target ? name(target.label()) : operand.text();
    }

    private static String into(Slot slot) {
        return slot.equals(Slot.NOWHERE) ? "" : "<" + slot.name() + "> = ";
    }

    private static String onError(OnError onError) {
        if (onError instanceof OnError.GoTo goTo) {
            return ", on error go to " + name(goTo.label());
        }
        return onError instanceof OnError.Ignore ? ", errors ignored" : "";
    }
}
