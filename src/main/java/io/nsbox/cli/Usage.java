package io.nsbox.cli;

import io.nsbox.state.Member;
import io.nsbox.state.Members;
import io.nsbox.state.Sandbox;
import java.io.IOException;
import java.util.List;

/** What sandboxes use of the machine. */
final class Usage {
    private static final int TICKS = 100;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Usage() {}

    /** The processes of a sandbox that runs. */
    static List<Member> members(Sandbox sandbox) throws IOException {
        if (sandbox.pid().isEmpty()) {
            throw new StateException("the sandbox '" + sandbox.name() + "' is not running");
        }
        boolean own = Registering.read(sandbox).namespaces().contains("pid");
        return Members.of(sandbox.pid().getAsLong(), own);
    }

    /** Processor time for people, such as {@code 1.25s}. */
    static String seconds(long ticks) {
        long hundredths = ticks * 100 / TICKS;
        return hundredths / 100 + "." + (hundredths % 100 < 10 ? "0" : "") + hundredths % 100 + "s";
    }

    /** A size for people, such as {@code 3.2 MiB}. */
    static String bytes(long bytes) {
        long tenths = bytes * 10;
        int unit = 0;
        while (tenths >= 10240 && unit < UNITS.length - 1) {
            tenths /= 1024;
            unit++;
        }
        return tenths / 10 + (unit == 0 ? "" : "." + tenths % 10) + " " + UNITS[unit];
    }
}
