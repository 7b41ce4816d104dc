package io.nsbox.program;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The memory of one simulated process: constants, slots and buffers, and the initial stack with arguments and environment. */
public final class SimulatedMemory {
    private static final long STACK_ADDRESS = 0x7000_0000L;

    private final long constantsAddress;
    private final byte[] constants;
    private final byte[] writable;
    private final byte[] stack;

    private SimulatedMemory(long constantsAddress, byte[] constants, byte[] writable, byte[] stack) {
        this.constantsAddress = constantsAddress;
        this.constants = constants;
        this.writable = writable;
        this.stack = stack;
    }

    /** The memory of a program that starts with these arguments and this environment. */
    static SimulatedMemory of(Layout layout, List<String> arguments, Map<String, String> environment) {
        SimulatedMemory memory = new SimulatedMemory(
                Layout.TABLE_ADDRESS + layout.tableSize(),
                layout.constants(),
                new byte[layout.writableSize()],
                stack(arguments, environment));
        memory.write(Layout.SLOTS_ADDRESS, 8, STACK_ADDRESS);
        return memory;
    }

    /** A copy, as fork(2) makes it. */
    SimulatedMemory copy() {
        return new SimulatedMemory(constantsAddress, constants, writable.clone(), stack);
    }

    private static byte[] stack(List<String> arguments, Map<String, String> environment) {
        List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        int pointers = 8 * (arguments.size() + variables.size() + 3);
        ByteBuffer head = ByteBuffer.allocate(pointers).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(arguments.size());
        for (List<String> list : List.of(arguments, variables)) {
            for (String text : list) {
                head.putLong(STACK_ADDRESS + pointers + texts.size());
                texts.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                texts.write(0);
            }
            head.putLong(0);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(head.array());
        whole.writeBytes(texts.toByteArray());
        return whole.toByteArray();
    }

    /** Reads 1, 2, 4 or 8 bytes, zero-extended. */
    public long read(long address, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = (value << 8) | (byteAt(address + i) & 0xff);
        }
        return value;
    }

    /** Writes the low 1, 2, 4 or 8 bytes of a value. */
    public void write(long address, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            int at = Math.toIntExact(address + i - Layout.SLOTS_ADDRESS);
            if (at < 0 || at >= writable.length) {
                throw new IllegalStateException(
                        "the program writes outside its buffers, at 0x" + Long.toHexString(address));
            }
            writable[at] = (byte) (value >>> (8 * i));
        }
    }

    /** The NUL-terminated text at an address. */
    public String text(long address) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (long at = address; byteAt(at) != 0; at++) {
            text.write(byteAt(at));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** So many bytes at an address, as text. */
    public String text(long address, long length) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (long at = address; at < address + length; at++) {
            text.write(byteAt(at));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** The texts that a null-terminated array of pointers leads to. */
    public List<String> texts(long address) {
        List<String> texts = new ArrayList<>();
        for (long at = address; read(at, 8) != 0; at += 8) {
            texts.add(text(read(at, 8)));
        }
        return texts;
    }

    byte byteAt(long address) {
        if (inside(address, Layout.SLOTS_ADDRESS, writable)) {
            return writable[(int) (address - Layout.SLOTS_ADDRESS)];
        }
        if (inside(address, constantsAddress, constants)) {
            return constants[(int) (address - constantsAddress)];
        }
        if (inside(address, STACK_ADDRESS, stack)) {
            return stack[(int) (address - STACK_ADDRESS)];
        }
        throw new IllegalStateException("the program reads where nothing is, at 0x" + Long.toHexString(address));
    }

    private static boolean inside(long address, long start, byte[] region) {
        return address >= start && address < start + region.length;
    }
}
