package io.nsbox.plan;

import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;

/** Marks every file from descriptor 3 up to be closed by execve(2), so that the command has its standard streams only. */
final class CloseOnExec implements Step {
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    @Override
    public String title() {
        return "close the rest on exec";
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Syscall.CLOSE_RANGE,
                Operand.number(3),
                Operand.named("~0U", 0xffff_ffffL),
                Operand.named("CLOSE_RANGE_CLOEXEC", CLOSE_RANGE_CLOEXEC));
    }
}
