package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Arithmetic;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.OnError;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Mounts a device of the host at the same path in the sandbox's own {@code /dev}.
 *
 * <p>Nothing but nsbox has written there yet, so its folders can be made by their paths.
 *
 * @param path absolute, below {@code /dev}
 */
record AddDevice(String path, Optional<Span> cause) implements Step {
    private static final int DEV_LENGTH = "/dev/".length();

    @Override
    public String title() {
        return "add the device " + path;
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        String name = path.substring(DEV_LENGTH);
        Slot device = frame.scratch3.as("device");
        DevCalls calls = new DevCalls(emitter, Hints.of(RefusalHints.HOST_DEVICE));
        calls.copy(Operand.of(frame.hostDev), b.text(name), "", 0, device);
        calls.mustBeDevice(device);
        for (int end = name.indexOf('/'); end > 0; end = name.indexOf('/', end + 1)) {
            Operand folder = b.text(name.substring(0, end));
            unlessThere(emitter, Syscall.MKDIRAT, folder, Operand.named("0755", 0755));
            // The caller's umask does not count here.
            emitter.must(Syscall.FCHMODAT, Operand.of(frame.dev), folder, Operand.named("0755", 0755));
        }
        unlessThere(
                emitter, Syscall.MKNODAT, b.text(name), Operand.named("S_IFREG|000", Linux.S_IFREG), Operand.number(0));
        calls.attach(device, frame.dev, b.text(name));
    }

    private static void unlessThere(Emitter emitter, Syscall syscall, Operand name, Operand... more) {
        ProgramBuilder b = emitter.builder();
        Slot result = emitter.frame().scratch;
        Operand[] arguments = new Operand[more.length + 2];
        arguments[0] = Operand.of(emitter.frame().dev);
        arguments[1] = name;
        System.arraycopy(more, 0, arguments, 2, more.length);
        Label done = b.label("it is there");
        b.call(result, new OnError.Ignore(), syscall, arguments);
        b.branch(result, Condition.AT_LEAST, 0, done);
        b.branch(result, Condition.EQUAL, -Linux.EEXIST, done);
        b.compute(Arithmetic.SUBTRACT, result, Operand.number(0), Operand.of(result));
        emitter.fail(
                syscall.word() + "(<dev>, " + name.text() + ")",
                Hints.of(RefusalHints.FILL_DEV),
                Refusal.SETUP,
                Operand.of(result));
        b.place(done);
    }
}
