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
 * Holds the first process of a running sandbox fast (pidfd_open(2)), and looks whether it is the one that was found.
 *
 * <p>Its namespaces are compared with those that the sandbox had then. So a pid that another process got in between is
 * refused; and what comes later goes by the pidfd, which never stands for another process.
 */
record HoldSandbox(String name, SandboxProcess process) implements Step {
    static final String ENDED = "the sandbox has ended";
    static final Hints GONE = Hints.on(Linux.ESRCH, ENDED).and(Linux.ENOENT, ENDED);

    @Override
    public String title() {
        return "hold the sandbox " + name;
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Slot sandbox = b.slot("sandbox");
        emitter.frame().sandbox = sandbox;
        emitter.must(
                GONE, sandbox, Syscall.PIDFD_OPEN, Operand.number(Math.toIntExact(process.pid())), Operand.number(0));
        ByteBuffer inodes =
                ByteBuffer.allocate(8 * process.namespaces().size() + 8).order(ByteOrder.LITTLE_ENDIAN);
        process.namespaces().values().forEach(inodes::putLong);
        Operand.Address expected = b.struct("namespaces", inodes.array());
        int at = 0;
        for (Map.Entry<Namespace, Long> namespace : process.namespaces().entrySet()) {
            compare(emitter, namespace.getKey(), expected, at);
            at += 8;
        }
    }

    private void compare(Emitter emitter, Namespace namespace, Operand.Address expected, int at) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Label same = b.label("its " + namespace.word() + " namespace is the sandbox's");
        String path = "/proc/" + process.pid() + "/ns/" + SandboxProcess.file(namespace);
        emitter.must(
                GONE,
                Syscall.STATX,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(path),
                Operand.number(0),
                Operand.named("STATX_INO", Linux.STATX_INO),
                frame.page.shownAs("&stat"));
        b.load(8, frame.scratch, frame.page, Linux.STX_INO);
        b.load(8, frame.scratch2, expected, at);
        b.branch(frame.scratch, Condition.EQUAL, Operand.of(frame.scratch2), same);
        emitter.fail("statx(" + path + ")", GONE, Refusal.SETUP, Operand.named("ESRCH", Linux.ESRCH));
        b.place(same);
    }
}
