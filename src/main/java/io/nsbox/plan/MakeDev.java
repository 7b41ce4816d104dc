package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a small new {@code /dev} in place of what is there: a tmpfs with the usual devices and links.
 *
 * <p>The devices are mounts of the host's, each looked at before it is used. Once the tmpfs is attached everything goes
 * through its descriptor: no path of the sandbox's root is followed.
 */
record MakeDev(Optional<Span> cause) implements Step {
    /** As Docker has it: nobody fills the memory through {@code /dev}. */
    private static final String SIZE = "65536k";

    private static final Map<String, String> LINKS = new LinkedHashMap<>();

    static {
        LINKS.put("fd", "/proc/self/fd");
        LINKS.put("stdin", "/proc/self/fd/0");
        LINKS.put("stdout", "/proc/self/fd/1");
        LINKS.put("stderr", "/proc/self/fd/2");
        LINKS.put("ptmx", "pts/ptmx");
    }

    @Override
    public String title() {
        return "make a minimal /dev";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Hints hints = Hints.of(RefusalHints.MOUNT_BY_FD);
        DevCalls calls = new DevCalls(emitter, hints);
        // What lies below the new /dev can be reached no other way once it is attached.
        emitter.must(
                Hints.of(RefusalHints.HOST_DEVICE),
                frame.hostDev,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/dev"),
                Operand.named("O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        Slot place = frame.scratch.as("place");
        DevFolder.find(emitter, place);
        calls.make(
                "tmpfs",
                List.of(
                        new DevCalls.Option("source", "tmpfs"),
                        new DevCalls.Option("mode", "0755"),
                        new DevCalls.Option("size", SIZE)),
                DevCalls.Attributes.HARMLESS,
                frame.dev);
        calls.attach(frame.dev, place);
        new KnownDevices(emitter).mount(hints);
        LINKS.forEach(
                (name, target) -> emitter.must(Syscall.SYMLINKAT, b.text(target), Operand.of(frame.dev), b.text(name)));
    }
}
