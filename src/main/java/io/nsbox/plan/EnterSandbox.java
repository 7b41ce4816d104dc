package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Namespace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Enters all namespaces of a running sandbox at once: setns(2) by the pidfd of its first process.
 *
 * <p>The process is held fast first; then its namespaces are compared with those that the sandbox had when it was found. So a
 * pid that another process got in between is refused. Before anything of the new process is in the sandbox's sight it
 * is made undumpable: nothing inside may trace it, or read its memory and files, while it still has the caller's rights.
 */
record EnterSandbox(String name, SandboxProcess process) implements Step {
    private static final int STATX_INO = 0x100;
    private static final int STX_INO = 0x20;
    private static final int PR_SET_DUMPABLE = 4;

    @Override
    public String title() {
        return "enter the sandbox " + name;
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot sandbox = b.slot("sandbox");
        Hints gone = Hints.on(Linux.ESRCH, "the sandbox has ended").and(Linux.ENOENT, "the sandbox has ended");
        emitter.must(
                gone, sandbox, Syscall.PIDFD_OPEN, Operand.number(Math.toIntExact(process.pid())), Operand.number(0));
        ByteBuffer inodes = ByteBuffer.allocate(8 * process.namespaces().size()).order(ByteOrder.LITTLE_ENDIAN);
        process.namespaces().values().forEach(inodes::putLong);
        Operand.Address expected = b.struct("namespaces", inodes.array());
        int at = 0;
        long flags = 0;
        StringBuilder names = new StringBuilder();
        for (Map.Entry<Namespace, Long> namespace : process.namespaces().entrySet()) {
            compare(emitter, gone, namespace.getKey(), expected, at);
            at += 8;
            flags |= CloneNamespaces.flag(namespace.getKey());
            names.append(names.isEmpty() ? "" : "|").append(CloneNamespaces.flagName(namespace.getKey()));
        }
        emitter.must(
                gone.and(Linux.EPERM, "the caller has no right over this sandbox: who started it, or root, has"),
                Syscall.SETNS,
                Operand.of(sandbox),
                Operand.named(names.toString(), flags));
        emitter.must(Syscall.PRCTL, Operand.named("PR_SET_DUMPABLE", PR_SET_DUMPABLE), Operand.number(0));
    }

    private void compare(Emitter emitter, Hints gone, Namespace namespace, Operand.Address expected, int at) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label same = b.label("its " + namespace.word() + " namespace is the sandbox's");
        String path = "/proc/" + process.pid() + "/ns/" + SandboxProcess.file(namespace);
        emitter.must(
                gone,
                Syscall.STATX,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(path),
                Operand.number(0),
                Operand.named("STATX_INO", STATX_INO),
                frame.page.shownAs("&stat"));
        b.load(8, frame.scratch, frame.page, STX_INO);
        b.load(8, frame.scratch2, expected, at);
        b.branch(frame.scratch, Condition.EQUAL, Operand.of(frame.scratch2), same);
        emitter.fail("statx(" + path + ")", gone, Refusal.SETUP, Operand.named("ESRCH", Linux.ESRCH));
        b.place(same);
    }
}
