package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;
import io.nsbox.spec.GuestPath;
import io.nsbox.spec.Mount.Access;
import java.util.LinkedHashMap;
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

    /** Devices work in it all the same, because they are mounts of their own. */
    static final Access ACCESS = new Access(false, false, false, false);

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
        // What lies below the new /dev can be reached no other way once that is attached.
        emitter.must(
                Hints.of(RefusalHints.HOST_DEVICE),
                frame.hostDev,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text("/dev"),
                Operand.named("O_RDONLY|O_PATH|O_CLOEXEC", Linux.O_PATH | Linux.O_CLOEXEC));
        Targets targets = emitter.targets();
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "0755");
        options.put("size", SIZE);
        MountCalls.newFileSystem(
                emitter, Hints.of(RefusalHints.NEW_FILE_SYSTEM), "tmpfs", options, ACCESS, targets.tree);
        targets.findPlain(emitter, GuestPath.of("/dev"), Targets.FOLDER);
        targets.attach(emitter, true);
        b.set(frame.dev, Operand.of(targets.tree));
        new KnownDevices(emitter).mount();
        LINKS.forEach(
                (name, target) -> emitter.must(Syscall.SYMLINKAT, b.text(target), Operand.of(frame.dev), b.text(name)));
    }
}
