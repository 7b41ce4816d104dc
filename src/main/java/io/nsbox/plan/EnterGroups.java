package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Joins the control groups of a running sandbox, so that the process that enters it is made in them (cgroups(7)).
 *
 * <p>The groups are those that the sandbox's first process is in; a sandbox may have made groups in its own and gone into one.
 * No file but the kernel's says which they are. A process that is in no group of this launcher's is refused, and so is one
 * that ended meanwhile: the pidfd tells that nobody else's groups were read.
 *
 * @param name the sandbox's
 * @param process its first process
 * @param controllers those that limit it
 */
record EnterGroups(String name, SandboxProcess process, Set<Controller> controllers, Optional<Span> cause)
        implements Step {
    @Override
    public String title() {
        return "join the control groups of the sandbox";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        FindGroup found = emitter.entered();
        found.look(emitter, Long.toString(process.pid()));
        // It lives: what was read is its own, and not that of another process with its pid.
        emitter.must(
                HoldSandbox.GONE,
                Syscall.PIDFD_SEND_SIGNAL,
                Operand.of(Objects.requireNonNull(emitter.frame().sandbox)),
                Operand.number(0),
                Operand.NULL,
                Operand.number(0));
        Slot unified = b.slot("is in the group of version 2");
        b.set(unified, 0);
        for (Controller controller : controllers) {
            Label onV2 = b.label(controller.word() + " is not of version 1");
            Label mounted = b.label("version 2 is mounted");
            Label done = b.label("is in the group of " + controller.word());
            found.callFor(controller);
            b.branch(found.line, Condition.EQUAL, 0, onV2);
            join(emitter, found, ControlGroups.CGROUP_SUPER_MAGIC);
            b.jump(done);
            b.place(onV2);
            b.branch(unified, Condition.NOT_EQUAL, 0, done);
            found.callForUnified();
            b.branch(found.line, Condition.NOT_EQUAL, 0, mounted);
            emitter.fail(
                    "read(/proc/self/mountinfo)",
                    Hints.on(
                            Linux.ENODEV,
                            "this process does not see the control groups of the sandbox: run nsbox exec where it was started"),
                    Refusal.SETUP,
                    Operand.named("ENODEV", Linux.ENODEV));
            b.place(mounted);
            join(emitter, found, ControlGroups.CGROUP2_SUPER_MAGIC);
            b.set(unified, 1);
            b.place(done);
        }
    }

    private void join(Emitter emitter, FindGroup found, int magic) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        requireOwn(emitter, found);
        Slot group = frame.scratch.as("group");
        Slot file = frame.scratch2.as("file");
        emitter.must(
                HINTS,
                group,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                found.folder.shownAs("<group of the sandbox>"),
                Operand.named("O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        emitter.must(Syscall.FSTATFS, Operand.of(group), frame.page.shownAs("&statfs"));
        Label right = b.label("it is a control group");
        b.load(4, file, frame.page, 0);
        b.branch(file, Condition.EQUAL, magic, right);
        emitter.fail("fstatfs(<group>)", HINTS, Refusal.SETUP, Operand.named("ENODEV", Linux.ENODEV));
        b.place(right);
        emitter.must(
                HINTS,
                file,
                Syscall.OPENAT,
                Operand.of(group),
                b.text("cgroup.procs"),
                Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
        // 0 stands for who writes.
        emitter.must(HINTS, Syscall.WRITE, Operand.of(file), b.text("0"), Operand.number(1));
        emitter.must(Syscall.CLOSE, Operand.of(file));
        emitter.must(Syscall.CLOSE, Operand.of(group));
    }

    /** The folder must be one that this sandbox's launcher made, or lie in one: {@code nsbox-NAME-PID}, with {@code .N} behind it. */
    private void requireOwn(Emitter emitter, FindGroup found) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot at = frame.scratch;
        Slot sign = frame.scratch2;
        Slot differs = frame.scratch3;
        Label part = b.label("look at what begins here");
        Label next = b.label("it is not the group");
        Label none = b.label("it is in none of the sandbox's");
        Label own = b.label("it is the sandbox's");
        String group = "/nsbox-" + name + "-" + process.launcher();
        int length = group.getBytes(StandardCharsets.UTF_8).length;
        b.set(at, Operand.of(found.base));
        b.place(part);
        b.load(1, sign, Operand.of(at), 0);
        b.branch(sign, Condition.EQUAL, 0, none);
        b.compare(Operand.of(at), b.text(group), Operand.number(length), differs);
        b.branch(differs, Condition.NOT_EQUAL, 0, next);
        b.load(1, sign, Operand.of(at), length);
        b.branch(sign, Condition.EQUAL, 0, own);
        b.branch(sign, Condition.EQUAL, '/', own);
        b.branch(sign, Condition.EQUAL, '.', own);
        b.place(next);
        b.add(at, 1);
        b.jump(part);
        b.place(none);
        emitter.fail(
                "compare(<group of the sandbox>, \"nsbox-" + name + "-" + process.launcher() + "\")",
                Hints.on(
                        Linux.ENOENT,
                        "somebody has taken the sandbox out of the control group that limits it: stop it, and start it again"),
                Refusal.SETUP,
                Operand.named("ENOENT", Linux.ENOENT));
        b.place(own);
    }

    private static final String NOT_ALLOWED =
            "the caller may not move a process into the sandbox's control group from its own: run nsbox exec as who, and in the"
                    + " session or unit in which, the sandbox was started; or as root";

    private static final Hints HINTS = HoldSandbox.GONE
            .and(Linux.EACCES, NOT_ALLOWED)
            .and(Linux.EPERM, NOT_ALLOWED)
            .and(Linux.ENODEV, "what is mounted over the control groups hides them here")
            .and(Linux.EROFS, "the control groups are read-only here, as in most containers")
            .and(Linux.EBUSY, "the sandbox gives controllers to groups in its own, and is itself in none of these")
            .and(Linux.EOPNOTSUPP, "the sandbox has made its control group a threaded one");
}
