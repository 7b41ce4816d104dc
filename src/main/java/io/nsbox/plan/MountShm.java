package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.LinkedHashMap;
import java.util.Map;
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
        Operand name = emitter.builder().text("shm");
        Slot shm = frame.scratch2.as("shm");
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "1777");
        options.put("size", Long.toString(bytes));
        MountCalls.newFileSystem(
                emitter, Hints.of(RefusalHints.NEW_FILE_SYSTEM), "tmpfs", options, MakeDev.ACCESS, shm);
        emitter.must(Syscall.MKDIRAT, Operand.of(frame.dev), name, Operand.named("0755", 0755));
        new DevCalls(emitter, Hints.NONE).attach(shm, frame.dev, name);
    }
}
