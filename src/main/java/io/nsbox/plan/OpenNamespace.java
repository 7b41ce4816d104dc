package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.Namespace;
import java.util.Optional;

/** Opens a namespace that is joined, while the caller's files are in sight, and asks its kind (ioctl_ns(2)). */
record OpenNamespace(Namespace namespace, String path, Optional<Span> cause) implements Step {
    /** {@code _IO(0xb7, 3)} of linux/nsfs.h. */
    static final int NS_GET_NSTYPE = 0xb703;

    @Override
    public String title() {
        return "open the " + namespace.word() + " namespace " + path;
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot file = b.slot(namespace.word() + " namespace");
        frame.namespaceFiles.put(namespace, file);
        // O_NONBLOCK: the path may lead to a FIFO.
        emitter.must(
                Hints.on(Linux.ENOENT, "there is no such file: the namespace must exist when nsbox starts")
                        .and(Linux.EACCES, "the caller may not open this namespace"),
                file,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(path),
                Operand.named("O_RDONLY|O_NONBLOCK|O_CLOEXEC", Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_CLOEXEC));
        emitter.must(
                Hints.on(Linux.ENOTTY, "this file is no namespace; those of a process are in /proc/PID/ns"),
                frame.scratch,
                Syscall.IOCTL,
                Operand.of(file),
                Operand.named("NS_GET_NSTYPE", NS_GET_NSTYPE));
        Label right = b.label("it is a " + namespace.word() + " namespace");
        b.branch(
                frame.scratch,
                Condition.EQUAL,
                Operand.named(CloneNamespaces.flagName(namespace), CloneNamespaces.flag(namespace)),
                right);
        emitter.fail(
                "ioctl(<" + file.name() + ">, NS_GET_NSTYPE) is not " + CloneNamespaces.flagName(namespace),
                Hints.on(Linux.EINVAL, "this is a namespace of another kind than '" + namespace.word() + "'"),
                Refusal.SETUP,
                Operand.named("EINVAL", Linux.EINVAL));
        b.place(right);
    }
}
