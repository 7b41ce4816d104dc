package io.nsbox.plan;

import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Syscall;

/**
 * Makes the channel on which the sandbox's first process is told to go on, reports a refused step, and sees that the
 * launcher died.
 */
final class OpenReportChannel implements Step {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;

    @Override
    public String title() {
        return "open the report channel";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        emitter.must(
                Syscall.SOCKETPAIR,
                Operand.named("AF_UNIX", AF_UNIX),
                Operand.named("SOCK_SEQPACKET|SOCK_CLOEXEC", SOCK_SEQPACKET | Linux.O_CLOEXEC),
                Operand.number(0),
                frame.pair.shownAs("[<report>, <report of the sandbox>]"));
        b.load(4, frame.reportIn, frame.pair, 0);
        b.load(4, frame.reportOut, frame.pair, 4);
    }

    @Override
    public void inChild(Emitter emitter) {
        // Only when no copy of the launcher's end is left here does the launcher's death show on the other one.
        emitter.must(Syscall.CLOSE, Operand.of(emitter.frame().reportIn));
    }
}
