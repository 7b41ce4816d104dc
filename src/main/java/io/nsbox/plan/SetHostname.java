package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Sets the host name inside (sethostname(2)). */
record SetHostname(String name, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "set the hostname to " + name;
    }

    @Override
    public void inChild(Emitter emitter) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        emitter.must(
                Hints.of(RefusalHints.SETHOSTNAME),
                Syscall.SETHOSTNAME,
                emitter.builder().text(name),
                Operand.number(length));
    }
}
