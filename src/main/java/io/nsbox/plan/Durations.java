package io.nsbox.plan;

import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** Durations as plans show them and as the kernel takes them. */
final class Durations {
    /** CLOCK_REALTIME of clock_gettime(2). */
    static final Operand REAL_TIME = Operand.named("CLOCK_REALTIME", 0);

    /** CLOCK_MONOTONIC of clock_gettime(2). */
    static final Operand MONOTONIC = Operand.named("CLOCK_MONOTONIC", 1);

    private Durations() {}

    /** Such as {@code 1m30s} or {@code 500ms}. */
    static String text(Duration duration) {
        StringBuilder text = new StringBuilder();
        part(text, duration.toDays(), "d");
        part(text, duration.toHoursPart(), "h");
        part(text, duration.toMinutesPart(), "m");
        part(text, duration.toSecondsPart(), "s");
        part(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void part(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }

    /** A struct itimerspec that fires once (timerfd_settime(2)). */
    static Operand timer(ProgramBuilder builder, Duration duration) {
        ByteBuffer spec = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        spec.putLong(0).putLong(0).putLong(duration.getSeconds()).putLong(duration.getNano());
        return builder.struct("{" + text(duration) + "}", spec.array());
    }
}
