package io.nsbox.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where a program's parts lie in the launcher's memory.
 *
 * <p>The table and the slots have fixed addresses, because the interpreter is one constant piece of code. All addresses
 * are below 2 GiB, so they fit the table's 32-bit fields.
 */
public final class Layout {
    /** Bytes that a record of the table takes without its arguments. */
    public static final int RECORD_SIZE = 6;

    /** Bytes that an argument takes. */
    public static final int ARGUMENT_SIZE = 4;

    /** Bytes that an argument takes in a record whose arguments are all small. */
    public static final int SHORT_ARGUMENT_SIZE = 2;

    /** Targets of jumps count in units of so many bytes: the finest, since all records have even sizes. */
    public static final int TARGET_UNIT = 2;

    /** Likewise, where the table is too long for that; what is jumped to then begins at a multiple. */
    public static final int FAR_TARGET_UNIT = 8;

    /** Where the ELF header and the code are loaded. */
    public static final long CODE_ADDRESS = 0x40_0000;

    /** File offset at which the table starts; what lies before are headers and code. */
    public static final int TABLE_OFFSET = 0x400;

    /** Where the table lies; congruent to its file offset modulo 64 KiB, the largest page size of aarch64. */
    public static final long TABLE_ADDRESS = 0x1000_0000L + TABLE_OFFSET;

    /** Where the slots lie; the buffers follow. */
    public static final long SLOTS_ADDRESS = 0x2000_0000L;

    private static final int ALIGNMENT = 8;

    private final Program program;
    private final Map<Block, Long> addresses = new LinkedHashMap<>();
    private final int targetUnit;
    private final int[] recordOffsets;
    private final int[] fillers;
    private final int readOnlySize;
    private final int writableSize;

    private Layout(Program program) {
        this.program = program;
        recordOffsets = new int[program.instructions().size() + 1];
        fillers = new int[recordOffsets.length];
        place(Set.of(), TARGET_UNIT);
        if (isTooLong(TARGET_UNIT)) {
            targetUnit = FAR_TARGET_UNIT;
            place(Set.copyOf(program.labels().values()), FAR_TARGET_UNIT);
            if (isTooLong(FAR_TARGET_UNIT)) {
                throw new TooLargeException(tableSize(), (OnError.IGNORE_CODE - 1) * FAR_TARGET_UNIT);
            }
        } else {
            targetUnit = TARGET_UNIT;
        }
        // The interpreter reads six arguments of the last record too, whether it has them or not.
        long address = TABLE_ADDRESS + tableSize() + 6L * ARGUMENT_SIZE;
        for (Block.Constant constant : program.constants()) {
            // Only structs need alignment, and aarch64 and x86-64 kernels copy user memory by bytes; pointers read
            // faster aligned.
            address = constant.addresses().isEmpty() ? address : align(address);
            addresses.put(constant, address);
            address += constant.size();
        }
        readOnlySize = Math.toIntExact(address - TABLE_ADDRESS);
        address = SLOTS_ADDRESS + Slot.COUNT * 8L;
        for (Block.Buffer buffer : program.buffers()) {
            address = align(address);
            addresses.put(buffer, address);
            address += buffer.size();
        }
        writableSize = Math.toIntExact(address - SLOTS_ADDRESS);
    }

    /** Gives each record its place, and those that are jumped to one at a multiple of the unit. */
    private void place(Set<Integer> targets, int unit) {
        int at = 0;
        for (int i = 0; i < program.instructions().size(); i++) {
            if (targets.contains(i) && at % unit != 0) {
                fillers[i] = unit - at % unit;
                // A record has no fewer bytes.
                while (fillers[i] < RECORD_SIZE) {
                    fillers[i] += unit;
                }
            }
            at += fillers[i];
            recordOffsets[i] = at;
            Instruction instruction = program.instructions().get(i);
            int size = isShort(instruction) ? SHORT_ARGUMENT_SIZE : ARGUMENT_SIZE;
            at += RECORD_SIZE + instruction.operands().size() * size;
        }
        recordOffsets[program.instructions().size()] = at;
    }

    private boolean isTooLong(int unit) {
        return tableSize() / unit >= OnError.IGNORE_CODE;
    }

    /**
     * Lays a program out.
     *
     * @throws TooLargeException if the table is longer than a target can name
     */
    public static Layout of(Program program) {
        return new Layout(program);
    }

    /** Whether all arguments of a record fit in 16 bits: slots, targets, and numbers that are not far from 0. */
    public static boolean isShort(Instruction instruction) {
        return instruction.operands().stream().allMatch(Layout::isShort);
    }

    private static boolean isShort(Operand operand) {
        if (operand instanceof Operand.Immediate number) {
            return number.value() == (short) number.value();
        }
        return !(operand instanceof Operand.Address);
    }

    private static long align(long address) {
        return (address + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Bytes of the table. */
    public int tableSize() {
        return recordOffsets[recordOffsets.length - 1];
    }

    /** How many bytes a target counts: {@link #TARGET_UNIT}, or {@link #FAR_TARGET_UNIT} for a long table. */
    public int targetUnit() {
        return targetUnit;
    }

    /** How many bytes that do nothing stand before this record. */
    public int fillerBefore(int index) {
        return fillers[index];
    }

    /** What a target field holds for this label. */
    public int target(Label label) {
        return recordOffsets[program.indexOf(label)] / targetUnit;
    }

    /** Bytes of the table and the constants. */
    public int readOnlySize() {
        return readOnlySize;
    }

    /** Bytes of the slots and the buffers. */
    public int writableSize() {
        return writableSize;
    }

    /** The address of the first byte of a block. */
    public long addressOf(Block block) {
        Long address = addresses.get(block);
        if (address == null) {
            throw new IllegalArgumentException("not a block of this program: " + block);
        }
        return address;
    }

    /** The 32-bit field that stands for an operand: a number, an address, a slot's index, or a target. */
    public int field(Operand operand) {
        if (operand instanceof Operand.Immediate number) {
            return number.value();
        }
        if (operand instanceof Operand.Address address) {
            return Math.toIntExact(addressOf(address.block()) + address.offset());
        }
        if (operand instanceof Operand.Target target) {
            return target(target.label());
        }
        return ((Operand.Value) operand).slot().index();
    }

    /** The constants as they lie in memory after the table, addresses filled in. */
    public byte[] constants() {
        ByteBuffer memory = ByteBuffer.allocate(readOnlySize - tableSize()).order(ByteOrder.LITTLE_ENDIAN);
        for (Block.Constant constant : program.constants()) {
            int at = Math.toIntExact(addressOf(constant) - TABLE_ADDRESS) - tableSize();
            memory.put(at, constant.bytes());
            constant.addresses().forEach((offset, target) -> {
                if (constant.addressSize() == 8) {
                    memory.putLong(at + offset, field(target));
                } else {
                    memory.putInt(at + offset, field(target));
                }
            });
        }
        return Arrays.copyOf(memory.array(), memory.capacity());
    }
}
