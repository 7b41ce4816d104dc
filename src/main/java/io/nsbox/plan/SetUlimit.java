package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import io.nsbox.spec.ResourceLimit;
import io.nsbox.spec.Ulimit;
import java.util.Optional;

/** Sets a resource limit (prlimit(2)), so late that it does not hinder the set-up itself. */
record SetUlimit(ResourceLimit limit, Ulimit value, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "limit " + limit.word() + " to " + value.text();
    }

    @Override
    public void inChild(Emitter emitter) {
        emitter.must(
                Hints.on(Linux.EPERM, "this is above the machine's largest value (fs.nr_open for nofile)"),
                Syscall.PRLIMIT64,
                Operand.number(0),
                Limits.name(limit),
                Limits.struct(emitter.builder(), value),
                Operand.NULL);
    }
}
