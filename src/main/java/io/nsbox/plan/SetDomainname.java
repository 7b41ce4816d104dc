package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.host.RefusalHints;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Sets the NIS domain name inside (setdomainname(2)). */
record SetDomainname(String name, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "set the domainname to " + name;
    }

    @Override
    public void inChild(Emitter emitter) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        emitter.must(
                Hints.of(RefusalHints.SETDOMAINNAME),
                Syscall.SETDOMAINNAME,
                emitter.builder().text(name),
                Operand.number(length));
    }
}
