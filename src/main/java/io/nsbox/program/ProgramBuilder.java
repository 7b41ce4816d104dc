package io.nsbox.program;

import io.nsbox.diag.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a program, instruction by instruction.
 *
 * <p>Not thread-safe; lives no longer than one compilation.
 */
public final class ProgramBuilder {
    private final Arch arch;
    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<Label, Integer> labels = new LinkedHashMap<>();
    private final List<Block.Constant> constants = new ArrayList<>();
    private final Map<String, Block.Constant> texts = new HashMap<>();
    private final Map<ByteBuffer, Block.Constant> byContent = new HashMap<>();
    private final List<Block.Buffer> buffers = new ArrayList<>();
    private final List<Program.Section> sections = new ArrayList<>();
    private int labelCount;
    private int slotCount = Slot.FIRST_FREE;

    /** Starts an empty program for this architecture. */
    public ProgramBuilder(Arch arch) {
        this.arch = arch;
    }

    /** What the program runs on. */
    public Arch arch() {
        return arch;
    }

    /** The program as written so far; every label that is used must have been placed. */
    public Program build() {
        return new Program(arch, instructions, labels, constants, buffers, sections);
    }

    /** How many system calls are written so far. */
    public long calls() {
        return instructions.stream().filter(Instruction.Call.class::isInstance).count();
    }

    /** Names what the following instructions are for, and what they belong to (0: nothing in particular). */
    public void section(String title, int subject) {
        sections.add(new Program.Section(instructions.size(), title, subject));
    }

    /** A new variable. */
    public Slot slot(String name) {
        return new Slot(slotCount++, name);
    }

    /** A new label, to be placed once. */
    public Label label(String name) {
        return new Label(labelCount++, name);
    }

    /** Lets a label stand before the next instruction. */
    public void place(Label label) {
        if (labels.put(label, instructions.size()) != null) {
            throw new IllegalStateException("label " + label.name() + " placed twice");
        }
    }

    /** A NUL-terminated text; equal texts share their memory. */
    public Operand.Address text(String content) {
        Block.Constant block = texts.get(content);
        if (block == null) {
            block = constant(terminated(content), Map.of(), 8);
            texts.put(content, block);
        }
        return new Operand.Address(block, 0, quote(content));
    }

    /** A struct that is only read, shown as this text. */
    public Operand.Address struct(String shownAs, byte[] content) {
        return new Operand.Address(constant(content, Map.of(), 8), 0, shownAs);
    }

    /** A struct that is only read and holds addresses at some offsets, shown as this text. */
    public Operand.Address struct(String shownAs, byte[] content, Map<Integer, Operand.Address> addresses) {
        return new Operand.Address(constant(content, addresses, 8), 0, shownAs);
    }

    /** A table of the program's own that holds 4-byte addresses at some offsets. */
    public Operand.Address table(String shownAs, byte[] content, Map<Integer, Operand.Address> addresses) {
        return new Operand.Address(constant(content, addresses, 4), 0, shownAs);
    }

    /** An array of pointers to texts, ended by a null pointer, as execve(2) takes it. */
    public Operand.Address pointers(List<String> content) {
        Map<Integer, Operand.Address> addresses = new LinkedHashMap<>();
        for (int i = 0; i < content.size(); i++) {
            addresses.put(8 * i, text(content.get(i)));
        }
        String shown = "["
                + String.join(", ", content.stream().map(ProgramBuilder::quote).toList()) + "]";
        return new Operand.Address(constant(new byte[8 * (content.size() + 1)], addresses, 8), 0, shown.toString());
    }

    /** Zeroed memory that the program may write. */
    public Operand.Address buffer(String name, int size) {
        Block.Buffer block = new Block.Buffer(buffers.size(), name, size);
        buffers.add(block);
        return new Operand.Address(block, 0, "&" + name);
    }

    private Block.Constant constant(byte[] content, Map<Integer, Operand.Address> addresses, int addressSize) {
        ByteBuffer key = ByteBuffer.wrap(content.clone());
        Block.Constant known = addresses.isEmpty() ? byContent.get(key) : null;
        if (known != null) {
            return known;
        }
        Block.Constant block = new Block.Constant(constants.size(), content, addresses, addressSize);
        constants.add(block);
        if (addresses.isEmpty()) {
            byContent.put(key, block);
        }
        return block;
    }

    private static byte[] terminated(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** A text in double quotes with C's escapes for what would not print: of a character beyond ASCII, for each of its bytes. */
    public static String quote(String content) {
        StringBuilder quoted = new StringBuilder("\"");
        content.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (c == '\t') {
                quoted.append("\\t");
            } else if (c < 0x20 || c == 0x7f || Printable.isHidden(c)) {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    quoted.append('\\').append(b >> 6 & 3).append(b >> 3 & 7).append(b & 7);
                }
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }

    /** A system call. */
    public void call(Slot into, OnError onError, Syscall syscall, Operand... arguments) {
        instructions.add(new Instruction.Call(syscall, List.of(arguments), into, onError));
    }

    /** A system call whose error does not matter. */
    public void attempt(Syscall syscall, Operand... arguments) {
        call(Slot.NOWHERE, new OnError.Ignore(), syscall, arguments);
    }

    /** Goes on at the label. */
    public void jump(Label target) {
        instructions.add(new Instruction.Jump(new Operand.Target(target)));
    }

    /** Goes on at the label if the condition holds. */
    public void branch(Slot left, Condition condition, int right, Label target) {
        branch(left, condition, Operand.number(right), target);
    }

    /** Goes on at the label if the condition holds. */
    public void branch(Slot left, Condition condition, Operand right, Label target) {
        instructions.add(new Instruction.Branch(Operand.of(left), condition, right, target));
    }

    /** Gives a slot a value. */
    public void set(Slot into, Operand value) {
        compute(Arithmetic.SET, into, value, Operand.number(0));
    }

    /** Gives a slot a value. */
    public void set(Slot into, int value) {
        set(into, Operand.number(value));
    }

    /** Points the failure handler at a label. */
    public void onFailure(Label handler) {
        set(Slot.HANDLER, new Operand.Target(handler));
    }

    /** Remembers in a slot where to go on later, for {@link #jump(Slot)}. */
    public void set(Slot into, Label target) {
        set(into, new Operand.Target(target));
    }

    /** Goes on where the slot says. */
    public void jump(Slot target) {
        instructions.add(new Instruction.Jump(Operand.of(target)));
    }

    /**
     * Goes to a routine, which goes back where the slot says, and on from here.
     *
     * @param returned what listings call the place where it goes on
     */
    public void callRoutine(Label routine, Slot back, String returned) {
        callRoutine(routine, back, label(returned));
    }

    /** Likewise; the label is placed where it goes on. */
    public void callRoutine(Label routine, Slot back, Label returned) {
        set(back, returned);
        jump(routine);
        place(returned);
    }

    /** Computes into a slot. */
    public void compute(Arithmetic operation, Slot into, Operand left, Operand right) {
        instructions.add(new Instruction.Compute(operation, into, left, right));
    }

    /** Adds a number to a slot. */
    public void add(Slot slot, int number) {
        compute(Arithmetic.ADD, slot, Operand.of(slot), Operand.number(number));
    }

    /** Reads 1, 2, 4 or 8 bytes. */
    public void load(int bytes, Slot into, Operand address, int offset) {
        instructions.add(new Instruction.Load(bytes, into, address, Operand.number(offset)));
    }

    /** Writes 1, 2, 4 or 8 bytes. */
    public void store(int bytes, Operand address, int offset, Operand value) {
        instructions.add(new Instruction.Store(bytes, address, Operand.number(offset), value));
    }

    /** Writes a value in decimal; the slot receives the address after the last digit. */
    public void decimal(Operand value, Operand buffer, Slot end) {
        instructions.add(new Instruction.Decimal(value, buffer, end));
    }

    /** Compares bytes; the slot receives 0 if all are equal, else 1. */
    public void compare(Operand left, Operand right, Operand length, Slot into) {
        instructions.add(new Instruction.Compare(left, right, length, into));
    }

    /** Copies bytes; the slot receives the address after the last one written. */
    public void copy(Operand to, Operand from, Operand length, Slot end) {
        instructions.add(new Instruction.Copy(to, from, length, end));
    }

    /** Finds the first byte that is the wanted one or NUL. */
    public void scan(Operand from, int wanted, Slot into) {
        instructions.add(new Instruction.Scan(from, Operand.number(wanted), into));
    }

    /** Finds the array of the caller's variables, which lies behind that of the arguments and its null pointer. */
    public void environment(Slot into) {
        load(8, into, Operand.of(Slot.STACK), 0);
        compute(Arithmetic.SHIFT_LEFT, into, Operand.of(into), Operand.number(3));
        compute(Arithmetic.ADD, into, Operand.of(into), Operand.of(Slot.STACK));
        add(into, 16);
    }

    /** Finds a variable of the caller's environment. */
    public void env(Operand name, Slot into) {
        instructions.add(new Instruction.Env(name, into));
    }
}
