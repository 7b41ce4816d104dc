package io.nsbox.seccomp;

import io.nsbox.program.Arch;

/** Where a filter finds what it decides by: {@code struct seccomp_data} of linux/seccomp.h, little-endian. */
final class SeccompData {
    static final int NUMBER = 0;
    static final int ARCH = 4;

    /** The bit that marks calls of the x32 ABI (arch/x86/include/uapi/asm/unistd.h). */
    static final int X32_BIT = 0x4000_0000;

    private static final int ARGUMENTS = 16;

    private SeccompData() {}

    /** The low 32 bits of an argument. */
    static int low(int index) {
        return ARGUMENTS + 8 * index;
    }

    /** The high 32 bits of an argument. */
    static int high(int index) {
        return ARGUMENTS + 8 * index + 4;
    }

    /** {@code AUDIT_ARCH_*} of linux/audit.h: 64-bit, little-endian, and the ELF machine. */
    static int auditArch(Arch arch) {
        return 0xc000_0000 | arch.elfMachine();
    }
}
