package io.nsbox.program;

/** What an instruction works on, with the way it prints. */
public sealed interface Operand permits Operand.Immediate, Operand.Address, Operand.Value, Operand.Target {

    /** How a listing shows it. */
    String text();

    /**
     * A number known at compile time.
     *
     * @param value within 32 bits, signed
     * @param text such as {@code MS_NOSUID|MS_NODEV}
     */
    record Immediate(int value, String text) implements Operand {}

    /**
     * An address within a block of the program's memory.
     *
     * @param block the block
     * @param offset bytes from its start
     * @param text what lies there, as strace would show it
     */
    record Address(Block block, int offset, String text) implements Operand {
        /** The same address, shown differently in listings. */
        public Address shownAs(String shown) {
            return new Address(block, offset, shown);
        }

        /** The address so many bytes further on. */
        public Address plus(int bytes) {
            return new Address(block, offset + bytes, text + "+" + bytes);
        }
    }

    /** What a slot holds when the instruction runs. */
    record Value(Slot slot) implements Operand {
        @Override
        public String text() {
            return "<" + slot.name() + ">";
        }
    }

    /** The index of the instruction that a label stands before. */
    record Target(Label label) implements Operand {
        @Override
        public String text() {
            return "@" + label.name();
        }
    }

    /** The null pointer. */
    Operand NULL = new Immediate(0, "NULL");

    /** A plain number. */
    static Operand number(int value) {
        return new Immediate(value, Integer.toString(value));
    }

    /** A number that has a name, such as a combination of flags. */
    static Operand named(String text, long value) {
        // Flags such as CLONE_IO use bit 31; the kernel takes these arguments as unsigned int, so the sign does not
        // matter.
        if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
            throw new IllegalArgumentException(text + " does not fit 32 bits: " + value);
        }
        return new Immediate((int) value, text);
    }

    /** What a slot holds. */
    static Operand of(Slot slot) {
        return new Value(slot);
    }
}
