package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.List;
import java.util.Optional;

/** Mounts a tmpfs for shared memory (shm_overview(7)) in the sandbox's own {@code /dev}. */
record MountShm(long bytes, Optional<Span> cause) implements Step {
    private static final String UNITS = "BKMGT";

    @Override
    public String title() {
        long number = bytes;
        int unit = 0;
        while (number % 1024 == 0 && unit < UNITS.length() - 1) {
            number /= 1024;
            unit++;
        }
        return "mount a tmpfs of " + number + (unit == 0 ? " bytes" : " " + UNITS.charAt(unit) + "iB") + " on /dev/shm";
    }

    @Override
    public void inChild(Emitter emitter) {
        Frame frame = emitter.frame();
        DevCalls calls = new DevCalls(emitter, Hints.of(RefusalHints.MOUNT_BY_FD));
        Operand name = emitter.builder().text("shm");
        Slot shm = frame.scratch.as("shm");
        calls.make(
                "tmpfs",
                List.of(
                        new DevCalls.Option("source", "tmpfs"),
                        new DevCalls.Option("mode", "1777"),
                        new DevCalls.Option("size", Long.toString(bytes))),
                DevCalls.Attributes.HARMLESS,
                shm);
        emitter.must(Syscall.MKDIRAT, Operand.of(frame.dev), name, Operand.named("0755", 0755));
        calls.attach(shm, frame.dev, name);
    }
}
