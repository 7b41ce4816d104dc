package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.util.Optional;

/** Sets the file mode creation mask (umask(2)). */
record SetUmask(int umask, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "set the umask to " + octal();
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(Syscall.UMASK, Operand.named(octal(), umask));
    }

    private String octal() {
        String digits = Integer.toOctalString(umask);
        return "0".repeat(Math.max(1, 3 - digits.length())) + digits;
    }
}
