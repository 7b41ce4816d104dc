package io.nsbox.launch;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;

/** What a {@link StarterProgram} wants to know of files (statx(2)); where it is not as wanted, the program goes on elsewhere. */
final class FileChecks {
    private final ProgramBuilder b;
    private final Label otherwise;
    private final Slot caller;
    private final Slot field;
    private final Slot wanted;
    private final Slot stamped;
    private final Operand.Address status;

    FileChecks(ProgramBuilder builder, Label otherwise) {
        b = builder;
        this.otherwise = otherwise;
        caller = b.slot("uid");
        field = b.slot("field");
        wanted = b.slot("wanted");
        stamped = b.slot("time of the stamp");
        status = b.buffer("status", Linux.STATX_SIZE);
    }

    /** Emits that the caller's effective user id is found out. */
    void learnCaller() {
        b.call(caller, new OnError.Ignore(), Syscall.GETEUID);
    }

    /** Emits that the program goes on at the label where the caller owns the file. */
    void goIfOwn(String path, Label own) {
        Label not = b.label(path + " is not the caller's");
        statx(b.text(path), 0, not);
        b.load(4, field, status, Linux.STX_UID);
        b.branch(field, Condition.EQUAL, Operand.of(caller), own);
        b.place(not);
    }

    /** Emits that this is a folder, not a link to one, and the caller's. */
    void requireOwnFolder(Operand path) {
        statx(path, Linux.AT_SYMLINK_NOFOLLOW, otherwise);
        requireKind(Linux.S_IFDIR);
        requireOwn();
    }

    /** Emits that this is a regular file. */
    void requireRegular(Operand path) {
        statx(path, 0, otherwise);
        requireKind(Linux.S_IFREG);
    }

    /** Emits that the time of this file is known to {@link #requireOwnAndOlder}. */
    void learnStamp(Operand path) {
        statx(path, 0, otherwise);
        b.load(8, stamped, status, Linux.STX_MTIME);
    }

    /** Emits that this file is the caller's, and at least a second older than the stamp. */
    void requireOwnAndOlder(Operand path) {
        statx(path, 0, otherwise);
        requireOwn();
        b.load(8, field, status, Linux.STX_MTIME);
        b.branch(field, Condition.AT_LEAST, Operand.of(stamped), otherwise);
    }

    /** Emits that both paths lead to the same file. */
    void requireSame(Operand path, Operand other) {
        Slot device = wanted.as("device");
        Slot inode = b.slot("inode");
        statx(path, 0, otherwise);
        b.load(8, device, status, Linux.STX_DEV);
        b.load(8, inode, status, Linux.STX_INO);
        statx(other, 0, otherwise);
        b.load(8, field, status, Linux.STX_DEV);
        b.branch(field, Condition.NOT_EQUAL, Operand.of(device), otherwise);
        b.load(8, field, status, Linux.STX_INO);
        b.branch(field, Condition.NOT_EQUAL, Operand.of(inode), otherwise);
    }

    private void requireOwn() {
        b.load(4, field, status, Linux.STX_UID);
        b.branch(field, Condition.NOT_EQUAL, Operand.of(caller), otherwise);
    }

    private void requireKind(int kind) {
        b.load(2, field, status, Linux.STX_MODE);
        b.compute(io.nsbox.program.Arithmetic.AND, field, Operand.of(field), Operand.number(Linux.S_IFMT));
        b.branch(field, Condition.NOT_EQUAL, kind, otherwise);
    }

    private void statx(Operand path, int flags, Label failed) {
        int fields = Linux.STATX_TYPE | Linux.STATX_UID | Linux.STATX_MTIME | Linux.STATX_INO;
        b.call(
                field,
                new OnError.GoTo(failed),
                Syscall.STATX,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                path,
                flags == 0 ? Operand.number(0) : Operand.named("AT_SYMLINK_NOFOLLOW", flags),
                Operand.named("STATX_TYPE|STATX_UID|STATX_MTIME|STATX_INO", fields),
                status);
    }
}
