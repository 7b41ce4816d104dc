package io.nsbox.plan;

import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.SandboxSpec;

/**
 * Runs the launcher from a sealed copy of itself in memory (memfd_create(2)), where a sandbox of those that it starts may
 * live on beside it.
 *
 * <p>A command whose interpreter is {@code /proc/self/exe} executes the launcher once more, inside. Whoever is there already
 * and has the right to look at it can open that file, keep it until no launcher runs it any more, and then write into what
 * the caller executes next (CVE-2019-5736). Nobody can write to the copy.
 */
final class SealLauncher implements Step {
    /* linux/memfd.h */
    private static final int MFD_CLOEXEC = 0x1;
    private static final int MFD_ALLOW_SEALING = 0x2;
    private static final int MFD_EXEC = 0x10;

    /* linux/fcntl.h */
    static final int F_ADD_SEALS = 1033;
    static final int F_GET_SEALS = 1034;
    /** F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE. */
    static final int SEALS = 0x1 | 0x2 | 0x4 | 0x8;

    /** As much as one call moves (sendfile(2)). */
    private static final int MOST = 0x7fff_f000;

    /**
     * Whether a sandbox of this spec may meet somebody inside who must not become its caller: in a namespace that it joins; or
     * what an earlier sandbox of it left running, where there is neither a pid nor a user namespace to keep them apart.
     */
    static boolean isNeeded(SandboxSpec spec) {
        return !spec.joins().isEmpty() || mayMeetItsLike(spec);
    }

    /** A command that keeps all capabilities is the caller's equal anyway, and without a root of its own it sees the file. */
    private static boolean mayMeetItsLike(SandboxSpec spec) {
        boolean isApart = spec.makes(Namespace.USER) || spec.makes(Namespace.PID);
        return !isApart
                && spec.makes(Namespace.MOUNT)
                && !spec.confinement().capDrop().isEmpty();
    }

    @Override
    public String title() {
        return "run from a sealed copy of the launcher";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot own = frame.scratch.as("own file");
        Slot result = frame.scratch2;
        Label begin = b.label("look at the own file");
        Label open = b.label("the own file is not sealed");
        Label unknown = b.label("whether it is sealed is not known");
        Label sealed = b.label("the own file is sealed");
        b.place(begin);
        emitter.must(
                Hints.on(Linux.ENOENT, "/proc is not mounted where nsbox runs")
                        .and(Linux.EACCES, "the launcher's file must be readable for who runs it"),
                own,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/proc/self/exe"),
                Operand.named("O_RDONLY|O_CLOEXEC", Linux.O_RDONLY | Linux.O_CLOEXEC));
        b.call(
                result,
                new OnError.GoTo(unknown),
                Syscall.FCNTL,
                Operand.of(own),
                Operand.named("F_GET_SEALS", F_GET_SEALS));
        b.compute(Arithmetic.AND, result, Operand.of(result), Operand.number(SEALS));
        b.branch(result, Condition.EQUAL, SEALS, sealed);
        b.jump(open);
        b.place(unknown);
        // EINVAL: a file that can have no seals.
        b.branch(result, Condition.EQUAL, -Linux.EINVAL, open);
        failed(emitter, "fcntl(<own file>, F_GET_SEALS)", Hints.NONE, result);
        b.place(open);
        executeCopy(emitter, own);
        b.jump(begin);
        b.place(sealed);
        emitter.must(Syscall.CLOSE, Operand.of(own));
    }

    private static void executeCopy(Emitter emitter, Slot own) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot copy = frame.scratch3.as("copy");
        Slot result = frame.scratch2;
        Label made = b.label("the copy is made");
        Label refused = b.label("the copy is refused");
        Label more = b.label("copy more of the own file");
        Operand name = b.text("nsbox");
        Hints hints = Hints.on(
                Linux.EACCES,
                "vm.memfd_noexec or a security module forbids to run from memory, which keeps the launcher's file from"
                        + " those inside");
        int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
        b.call(
                copy,
                new OnError.GoTo(refused),
                Syscall.MEMFD_CREATE,
                name,
                Operand.named("MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC", flags | MFD_EXEC));
        b.jump(made);
        b.place(refused);
        Label older = b.label("the kernel knows no MFD_EXEC");
        // MFD_EXEC is of Linux 6.3: older kernels do not know it, and newer ones may insist on it.
        b.branch(copy, Condition.EQUAL, -Linux.EINVAL, older);
        failed(emitter, "memfd_create(\"nsbox\", MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC)", hints, copy);
        b.place(older);
        emitter.must(hints, copy, Syscall.MEMFD_CREATE, name, Operand.named("MFD_CLOEXEC|MFD_ALLOW_SEALING", flags));
        b.place(made);
        b.place(more);
        emitter.must(result, Syscall.SENDFILE, Operand.of(copy), Operand.of(own), Operand.NULL, Operand.number(MOST));
        b.branch(result, Condition.NOT_EQUAL, 0, more);
        emitter.must(
                Syscall.FCNTL,
                Operand.of(copy),
                Operand.named("F_ADD_SEALS", F_ADD_SEALS),
                Operand.named("F_SEAL_SEAL|F_SEAL_SHRINK|F_SEAL_GROW|F_SEAL_WRITE", SEALS));
        Slot arguments = frame.scratch4.as("arguments");
        Slot environment = frame.scratch5.as("environment");
        b.compute(Arithmetic.ADD, arguments, Operand.of(Slot.STACK), Operand.number(8));
        b.environment(environment);
        // Both files are closed by it.
        emitter.must(
                hints,
                Syscall.EXECVEAT,
                Operand.of(copy),
                b.text(""),
                Operand.of(arguments),
                Operand.of(environment),
                Operand.named("AT_EMPTY_PATH", Linux.AT_EMPTY_PATH));
    }

    private static void failed(Emitter emitter, String call, Hints hints, Slot result) {
        emitter.builder().compute(Arithmetic.SUBTRACT, result, Operand.number(0), Operand.of(result));
        emitter.fail(call, hints, Refusal.SETUP, Operand.of(result));
    }
}
