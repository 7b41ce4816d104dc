package io.nsbox.program;

import java.util.Optional;

/**
 * A processor architecture that launchers are made for.
 *
 * <p>Both are little-endian and 64-bit, so a struct of the kernel's generic ABI has the same layout on either.
 */
public enum Arch {
    /** AMD64; ELF machine EM_X86_64 (elf.h). */
    X86_64("x86_64", 62),
    /** ARMv8-A in AArch64 state; ELF machine EM_AARCH64 (elf.h). */
    AARCH64("aarch64", 183);

    private final String word;
    private final int elfMachine;

    Arch(String word, int elfMachine) {
        this.word = word;
        this.elfMachine = elfMachine;
    }

    /** The name that uname(2) and the command line use. */
    public String word() {
        return word;
    }

    /** The value of {@code e_machine}. */
    public int elfMachine() {
        return elfMachine;
    }

    /** Finds an architecture by the name that uname(2) or Java's {@code os.arch} gives it. */
    public static Optional<Arch> byName(String name) {
        return switch (name) {
            case "x86_64", "amd64" -> Optional.of(X86_64);
            case "aarch64", "arm64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }
}
