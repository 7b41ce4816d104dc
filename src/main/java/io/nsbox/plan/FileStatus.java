package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/** What open files are (statx(2)), and whether two of them are the same. */
final class FileStatus {
    /** One file's. */
    final Operand.Address first;
    /** Another's, to compare the one with. */
    final Operand.Address second;
    /** Receives what a call leaves: a negative errno where it failed. */
    final Slot length;
    /** A second value, where two are compared. */
    final Slot above;

    private final ProgramBuilder b;

    FileStatus(ProgramBuilder builder) {
        this.b = builder;
        length = b.slot("length");
        above = b.slot("above");
        first = b.buffer("status", Linux.STATX_SIZE);
        second = b.buffer("other status", Linux.STATX_SIZE);
    }

    /** Asks what a file is; where that fails, the negative errno is in {@link #length}. */
    void statx(Slot file, Operand.Address into, String fields, int bits, Label failed) {
        b.call(
                length,
                new OnError.GoTo(failed),
                Syscall.STATX,
                Operand.of(file),
                b.text(""),
                Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH),
                Operand.named(fields, bits),
                into);
    }

    /** Goes on at the label where the two differ in a field of 8 bytes. */
    void sameField(int offset, Label differs) {
        b.load(8, length, first, offset);
        b.load(8, above, second, offset);
        b.branch(length, Condition.NOT_EQUAL, Operand.of(above), differs);
    }
}
