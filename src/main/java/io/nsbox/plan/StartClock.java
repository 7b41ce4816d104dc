package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.Syscall;
import java.time.Duration;
import java.util.Optional;

/** Starts the timer of the wall-clock limit. */
record StartClock(Duration limit, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "start the clock: " + Durations.text(limit) + " from now";
    }

    @Override
    public void beforeClone(Emitter emitter) {
        Frame frame = emitter.frame();
        emitter.must(
                frame.timer,
                Syscall.TIMERFD_CREATE,
                Durations.MONOTONIC,
                Operand.named("TFD_CLOEXEC|TFD_NONBLOCK", Linux.O_CLOEXEC | Linux.O_NONBLOCK));
        emitter.must(
                Syscall.TIMERFD_SETTIME,
                Operand.of(frame.timer),
                Operand.number(0),
                Durations.timer(emitter.builder(), limit),
                Operand.NULL);
    }
}
