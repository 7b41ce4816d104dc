package io.nsbox.program;

import java.util.List;
import java.util.Map;

/**
 * A finished program: the table, the memory it addresses, and where its labels are.
 *
 * @param arch what it runs on
 * @param instructions the table; it starts at the first
 * @param labels the instruction index of each label
 * @param constants read-only memory, in the order in which it is laid out
 * @param buffers zeroed memory, in the order in which it is laid out
 * @param sections what the instructions from an index on are for
 */
public record Program(
        Arch arch,
        List<Instruction> instructions,
        Map<Label, Integer> labels,
        List<Block.Constant> constants,
        List<Block.Buffer> buffers,
        List<Section> sections) {

    /**
     * A titled stretch of the table.
     *
     * @param from index of its first instruction
     * @param title what it does
     * @param subject the number of what it belongs to, 0 for nothing in particular
     */
    public record Section(int from, String title, int subject) {}

    public Program {
        instructions = List.copyOf(instructions);
        labels = Map.copyOf(labels);
        constants = List.copyOf(constants);
        buffers = List.copyOf(buffers);
        sections = List.copyOf(sections);
    }

    /** The section that an instruction is in. */
    public Section sectionOf(int index) {
        Section last = new Section(0, "", 0);
        for (Section section : sections) {
            if (section.from() > index) {
                break;
            }
            last = section;
        }
        return last;
    }

    /** The index of the instruction that a label stands before. */
    public int indexOf(Label label) {
        Integer index = labels.get(label);
        if (index == null) {
            throw new IllegalStateException("label " + label.name() + " was never placed");
        }
        return index;
    }
}
