package io.nsbox.seccomp;

import io.nsbox.program.Linux;
import java.util.Locale;

/**
 * What happens to a system call.
 *
 * @param kind which
 * @param data the errno, or the message for a tracer: 0 to 65535; 0 for other kinds
 */
public record Action(Kind kind, int data) {

    /** The kinds, with their values of {@code linux/seccomp.h}, the strictest first. */
    public enum Kind {
        /** SIGSYS ends the whole process, with a core dump. */
        KILL_PROCESS(0x8000_0000),
        /** SIGSYS ends the thread. */
        KILL_THREAD(0),
        /** The thread is sent SIGSYS, which it may handle. */
        TRAP(0x0003_0000),
        /** The call returns an errno. */
        ERRNO(0x0005_0000),
        /** A tracer decides; without one the call returns ENOSYS. */
        TRACE(0x7ff0_0000),
        /** The call is made and logged. */
        LOG(0x7ffc_0000),
        /** The call is made. */
        ALLOW(0x7fff_0000);

        private final int value;

        Kind(int value) {
            this.value = value;
        }
    }

    /** The call is made. */
    public static final Action ALLOW = new Action(Kind.ALLOW, 0);

    /** SIGSYS ends the whole process. */
    public static final Action KILL_PROCESS = new Action(Kind.KILL_PROCESS, 0);

    /** The call does not exist, as on a kernel that is older than it. */
    static final Action UNKNOWN = new Action(Kind.ERRNO, Linux.ENOSYS);

    // Written out, because records' own link at run time, and a cold start pays for that.
    @Override
    public boolean equals(Object other) {
        return other instanceof Action that && kind == that.kind && data == that.data;
    }

    @Override
    public int hashCode() {
        return value();
    }

    /** What the filter returns for it. */
    public int value() {
        return kind.value | data;
    }

    /** Whether the call is made without anybody else being asked. */
    public boolean permits() {
        return kind == Kind.ALLOW || kind == Kind.LOG;
    }

    /** Whether system calls that the profile cannot know are left to it: a tracer is expected to know them. */
    boolean isOpen() {
        return permits() || kind == Kind.TRACE;
    }

    /** Such as {@code allow}, {@code kill process} or {@code errno 1 (EPERM)}. */
    public String text() {
        String word = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return switch (kind) {
            case ERRNO ->
                word + " " + data
                        + ErrnoNames.of(data).map(name -> " (" + name + ")").orElse("");
            case TRACE -> word + " " + data;
            default -> word;
        };
    }
}
