package io.nsbox.image;

import io.nsbox.program.Arch;
import io.nsbox.program.Layout;
import io.nsbox.program.Program;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes a program as a static ELF executable.
 *
 * <p>Three loads: headers and code r-x, table and constants r--, slots and buffers rw- (zeros, so nothing of them is in the
 * file); and a PT_GNU_STACK that is not executable. No interpreter, no section headers. Field names are those of elf(5).
 */
public final class ElfImage {
    private static final int EHDR_SIZE = 64;
    private static final int PHDR_SIZE = 56;
    private static final int PHDR_COUNT = 4;

    /** File offset of the code. */
    static final int CODE_OFFSET = EHDR_SIZE + PHDR_COUNT * PHDR_SIZE;

    private static final int ET_EXEC = 2;
    private static final int EV_CURRENT = 1;
    private static final int PT_LOAD = 1;
    private static final int PT_GNU_STACK = 0x6474e551;
    private static final int PF_X = 1;
    private static final int PF_W = 2;
    private static final int PF_R = 4;

    private ElfImage() {}

    /** The bytes of the executable; the same program gives the same bytes, always. */
    public static byte[] write(Program program) {
        Layout layout = Layout.of(program);
        byte[] code = Interpreter.code(program.arch(), layout.targetUnit());
        int codeEnd = CODE_OFFSET + code.length;
        if (codeEnd > Layout.TABLE_OFFSET) {
            throw new IllegalStateException("the interpreter has outgrown its " + Layout.TABLE_OFFSET + " bytes");
        }
        ByteBuffer image =
                ByteBuffer.allocate(Layout.TABLE_OFFSET + layout.readOnlySize()).order(ByteOrder.LITTLE_ENDIAN);
        header(image, program.arch());
        long page = pageSize(program.arch());
        load(image, PF_R | PF_X, 0, Layout.CODE_ADDRESS, codeEnd, codeEnd, page);
        load(
                image,
                PF_R,
                Layout.TABLE_OFFSET,
                Layout.TABLE_ADDRESS,
                layout.readOnlySize(),
                layout.readOnlySize(),
                page);
        load(image, PF_R | PF_W, 0, Layout.SLOTS_ADDRESS, 0, layout.writableSize(), page);
        programHeader(image, PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 16);
        image.put(code);
        image.position(Layout.TABLE_OFFSET);
        image.put(TableEncoder.encode(program, layout));
        image.put(layout.constants());
        return image.array();
    }

    /** The largest page size that kernels of the architecture use; segments are aligned to it. */
    private static long pageSize(Arch arch) {
        return switch (arch) {
            case X86_64 -> 0x1000;
            case AARCH64 -> 0x1_0000;
        };
    }

    private static void header(ByteBuffer image, Arch arch) {
        image.put(new byte[] {0x7f, 'E', 'L', 'F', /* ELFCLASS64 */ 2, /* ELFDATA2LSB */ 1, EV_CURRENT});
        image.put(new byte[9]);
        image.putShort((short) ET_EXEC).putShort((short) arch.elfMachine()).putInt(EV_CURRENT);
        image.putLong(Layout.CODE_ADDRESS + CODE_OFFSET);
        image.putLong(EHDR_SIZE).putLong(/* e_shoff */ 0).putInt(/* e_flags */ 0);
        image.putShort((short) EHDR_SIZE).putShort((short) PHDR_SIZE).putShort((short) PHDR_COUNT);
        image.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    private static void load(
            ByteBuffer image, int flags, long offset, long address, long fileSize, long memorySize, long page) {
        programHeader(image, PT_LOAD, flags, offset, address, fileSize, memorySize, page);
    }

    private static void programHeader(
            ByteBuffer image,
            int type,
            int flags,
            long offset,
            long address,
            long fileSize,
            long memorySize,
            long align) {
        image.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
        image.putLong(fileSize).putLong(memorySize).putLong(align);
    }
}
