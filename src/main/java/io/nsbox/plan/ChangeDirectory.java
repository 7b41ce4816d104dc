package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Enters the working directory, and refuses one that lies outside the sandbox's root.
 *
 * <p>The kernel's own getcwd(2) puts "(unreachable)" before such a path, where libc would hide it.
 */
record ChangeDirectory(String path, Optional<Span> cause) implements Step {
    private static final int PATH_MAX = 4096;

    @Override
    public String title() {
        return "change to " + path;
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Hints.of(RefusalHints.CHDIR), Syscall.CHDIR, emitter.builder().text(path));
        refuseOutside(emitter);
    }

    /** Fails where the working directory does not lie below the root. */
    static void refuseOutside(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        emitter.must(Syscall.GETCWD, frame.page.shownAs("&path"), Operand.number(PATH_MAX));
        Label inside = b.label("working directory is inside");
        b.load(1, frame.scratch, frame.page, 0);
        b.branch(frame.scratch, Condition.EQUAL, '/', inside);
        emitter.fail(
                "getcwd() is not below the root",
                Hints.on(Linux.EACCES, "this folder lies outside the sandbox"),
                Refusal.SETUP,
                Operand.named("EACCES", Linux.EACCES));
        b.place(inside);
    }
}
