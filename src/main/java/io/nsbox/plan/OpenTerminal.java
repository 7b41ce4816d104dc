package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import io.nsbox.spec.User;
import java.util.Optional;

/**
 * Opens a terminal of the devpts of a sandbox that runs, for a command that enters it.
 *
 * <p>What lies at that path now the sandbox may have put there: nothing is opened but the ptmx of a devpts (pts(4)).
 *
 * @param folder where the spec has mounted it
 * @param user who the terminal belongs to; who opens it unless given
 */
record OpenTerminal(String folder, Optional<User> user, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "open a terminal in the sandbox, if at one";
    }

    @Override
    public void inChild(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        OwnTerminal terminal = emitter.terminal().orElseThrow();
        Label none = b.label("no terminal is wanted");
        Label devpts = b.label("it is a devpts");
        Slot pts = frame.scratch2.as("pts");
        Slot type = frame.scratch3;
        b.branch(terminal.own, Condition.EQUAL, 0, none);
        emitter.must(
                OwnTerminal.ENTERED,
                pts,
                Syscall.OPENAT2,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                b.text(folder),
                new DevCalls(emitter, Hints.NONE).how("RESOLVE_NO_MAGICLINKS", Linux.RESOLVE_NO_MAGICLINKS),
                Operand.number(24));
        emitter.must(Syscall.FSTATFS, Operand.of(pts), frame.page.shownAs("&statfs"));
        b.load(8, type, frame.page, 0);
        b.branch(type, Condition.EQUAL, Linux.DEVPTS_SUPER_MAGIC, devpts);
        emitter.fail("fstatfs(<pts>)", OwnTerminal.ENTERED, Refusal.SETUP, Operand.named("ENODEV", Linux.ENODEV));
        b.place(devpts);
        terminal.openInEntered(pts, user);
        b.place(none);
    }
}
