package io.nsbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs classic BPF programs over system calls, as the kernel does (Documentation/networking/filter.rst); it knows the
 * instructions that seccomp filters may use, and nothing of who wrote the program.
 */
final class BpfMachine {
    private final int[] codes;
    private final int[] jt;
    private final int[] jf;
    private final int[] k;
    private int steps;

    BpfMachine(byte[] program) {
        ByteBuffer bytes = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        int size = program.length / 8;
        codes = new int[size];
        jt = new int[size];
        jf = new int[size];
        k = new int[size];
        for (int i = 0; i < size; i++) {
            codes[i] = bytes.getShort() & 0xffff;
            jt[i] = bytes.get() & 0xff;
            jf[i] = bytes.get() & 0xff;
            k[i] = bytes.getInt();
        }
    }

    int size() {
        return codes.length;
    }

    /** How many instructions the last run took. */
    int steps() {
        return steps;
    }

    /** What the program answers to a system call with these six arguments. */
    int run(int number, int arch, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(arch).putLong(0x1234_5678_9abc_def0L);
        for (int i = 0; i < 6; i++) {
            data.putLong(i < arguments.length ? arguments[i] : 0);
        }
        int a = 0;
        int x = 0;
        int[] memory = new int[16];
        int at = 0;
        for (steps = 1; ; steps++) {
            int i = at++;
            switch (codes[i]) {
                case 0x20 -> a = data.getInt(k[i]);
                case 0x00 -> a = k[i];
                case 0x01 -> x = k[i];
                case 0x60 -> a = memory[k[i]];
                case 0x02 -> memory[k[i]] = a;
                case 0x07 -> x = a;
                case 0x87 -> a = x;
                case 0x54 -> a &= k[i];
                case 0x44 -> a |= k[i];
                case 0x05 -> at += k[i];
                case 0x15 -> at += a == k[i] ? jt[i] : jf[i];
                case 0x25 -> at += Integer.compareUnsigned(a, k[i]) > 0 ? jt[i] : jf[i];
                case 0x35 -> at += Integer.compareUnsigned(a, k[i]) >= 0 ? jt[i] : jf[i];
                case 0x45 -> at += (a & k[i]) != 0 ? jt[i] : jf[i];
                case 0x06 -> {
                    return k[i];
                }
                default -> throw new IllegalStateException("instruction " + i + " has code " + codes[i]);
            }
        }
    }
}
