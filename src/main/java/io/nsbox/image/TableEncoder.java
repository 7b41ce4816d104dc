package io.nsbox.image;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Instruction;
import io.nsbox.program.Layout;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.Program;
import io.nsbox.program.Slot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Turns instructions into the records that the interpreter reads.
 *
 * <p>A record is little-endian: the operation, with the number of arguments in the upper three bits (1 byte); the mask of
 * the arguments that are slots, a bit that says whether the arguments are short, and the upper bit of the number (1); the
 * result slot (1); the number, which is a syscall's number, a condition's code, or a size (1); the target or error field
 * (2); the arguments (4 bytes each, or 2 where all of them are small). Targets count in units of
 * {@link Layout#targetUnit} bytes from the start of the table.
 */
public final class TableEncoder {
    static final int CALL = 0;
    static final int JUMP = 1;
    static final int BRANCH = 9;
    static final int LOAD = 10;
    static final int STORE = 11;
    static final int DECIMAL = 12;
    static final int COMPARE = 13;
    static final int COPY = 14;
    static final int SCAN = 15;
    static final int ENV = 16;

    /** Nine bits. */
    private static final int LARGEST_NUMBER = 511;

    private static final int SHORT = 1 << 6;

    private static final int WIDE_FILLER = Layout.RECORD_SIZE + Layout.ARGUMENT_SIZE;

    private final Program program;
    private final Layout layout;
    private final ByteBuffer table;

    private TableEncoder(Program program, Layout layout) {
        this.program = program;
        this.layout = layout;
        this.table = ByteBuffer.allocate(layout.tableSize()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Encodes a program's table.
     */
    public static byte[] encode(Program program, Layout layout) {
        TableEncoder encoder = new TableEncoder(program, layout);
        for (int i = 0; i < program.instructions().size(); i++) {
            encoder.fill(layout.fillerBefore(i));
            encoder.put(program.instructions().get(i));
        }
        return encoder.table.array();
    }

    /** So many bytes of records that do nothing: sums of which nobody takes note. */
    private void fill(int bytes) {
        int left = bytes;
        while (left > 0) {
            // Without an argument it has 6 bytes, with a wide one 10; of both together any even number above 4 is made.
            int size = left == WIDE_FILLER ? WIDE_FILLER : Layout.RECORD_SIZE;
            table.put((byte) (Arithmetic.ADD.opcode() | (size == WIDE_FILLER ? 1 : 0) << 5))
                    .put((byte) 0);
            table.put((byte) Slot.NOWHERE.index()).put(new byte[size - 3]);
            left -= size;
        }
    }

    private void put(Instruction instruction) {
        boolean isShort = Layout.isShort(instruction);
        if (instruction instanceof Instruction.Call call) {
            record(
                    CALL,
                    call.syscall().number(program.arch()),
                    call.into(),
                    errorField(call.onError()),
                    call.operands(),
                    isShort);
        } else if (instruction instanceof Instruction.Jump jump) {
            record(JUMP, 0, Slot.NOWHERE, 0, jump.operands(), isShort);
        } else if (instruction instanceof Instruction.Branch branch) {
            record(
                    BRANCH,
                    branch.condition().code(),
                    Slot.NOWHERE,
                    layout.target(branch.target()),
                    branch.operands(),
                    isShort);
        } else if (instruction instanceof Instruction.Compute compute) {
            Arithmetic operation = compute.operation();
            record(operation.opcode(), 0, compute.into(), 0, compute.operands(), isShort);
        } else if (instruction instanceof Instruction.Load load) {
            record(LOAD, load.bytes(), load.into(), 0, load.operands(), isShort);
        } else if (instruction instanceof Instruction.Store store) {
            record(STORE, store.bytes(), Slot.NOWHERE, 0, store.operands(), isShort);
        } else if (instruction instanceof Instruction.Decimal decimal) {
            record(DECIMAL, 0, decimal.into(), 0, decimal.operands(), isShort);
        } else if (instruction instanceof Instruction.Compare compare) {
            record(COMPARE, 0, compare.into(), 0, compare.operands(), isShort);
        } else if (instruction instanceof Instruction.Copy copy) {
            record(COPY, 0, copy.into(), 0, copy.operands(), isShort);
        } else if (instruction instanceof Instruction.Scan scan) {
            record(SCAN, 0, scan.into(), 0, scan.operands(), isShort);
        } else if (instruction instanceof Instruction.Env env) {
            record(ENV, 0, env.into(), 0, env.operands(), isShort);
        } else {
            throw new IllegalStateException("no encoding for " + instruction);
        }
    }

    private int errorField(OnError onError) {
        if (onError instanceof OnError.Fail fail) {
            return OnError.FAIL_BIT | fail.tag();
        }
        if (onError instanceof OnError.GoTo goTo) {
            return layout.target(goTo.label());
        }
        return OnError.IGNORE_CODE;
    }

    private void record(int operation, int number, Slot into, int target, List<Operand> arguments, boolean isShort) {
        int mask = isShort ? SHORT : 0;
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i) instanceof Operand.Value) {
                mask |= 1 << i;
            }
        }
        if (number > LARGEST_NUMBER) {
            throw new IllegalArgumentException("no room for the number " + number);
        }
        table.put((byte) (operation | arguments.size() << 5)).put((byte) (mask | number >> 8 << 7));
        table.put((byte) into.index()).put((byte) number).putShort((short) target);
        for (Operand argument : arguments) {
            if (isShort) {
                table.putShort((short) layout.field(argument));
            } else {
                table.putInt(layout.field(argument));
            }
        }
    }
}
