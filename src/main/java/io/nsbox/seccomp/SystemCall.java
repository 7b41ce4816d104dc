package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.OptionalInt;

/**
 * A system call of Linux, on whatever architecture.
 *
 * @param name as man pages and profiles spell it
 * @param x8664 its number on x86-64, -1 for none
 * @param aarch64 its number on aarch64, -1 for none
 * @param widths how much of each argument the kernel looks at: {@code l} 64 bits, {@code i} 32, {@code h} 16
 */
public record SystemCall(String name, int x8664, int aarch64, String widths) {

    /** Its number, if this architecture has it. */
    public OptionalInt number(Arch arch) {
        int number = switch (arch) {
            case X86_64 -> x8664;
            case AARCH64 -> aarch64;
        };
        return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The bits of an argument that the kernel looks at, as a mask; the argument's index is 0 to 5. */
    public long argumentMask(int index) {
        char width = index < widths.length() ? widths.charAt(index) : 'l';
        return switch (width) {
            case 'i' -> 0xffff_ffffL;
            case 'h' -> 0xffffL;
            default -> -1L;
        };
    }
}
