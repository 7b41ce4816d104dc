package io.nsbox.launch;

import io.nsbox.program.Linux;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import jnr.ffi.annotations.SaveError;

/**
 * The two things about running sandboxes that Java cannot do: send a signal to a process that is certainly the one meant
 * (pidfd_open(2), pidfd_send_signal(2)), and hold an flock(2).
 */
public final class NativeProcesses {
    // The same numbers on x86-64 and aarch64.
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final int LOCK_EX_NB = 2 | 4;

    private NativeProcesses() {}

    /** The C library's functions that are needed, by their own names. */
    public interface LibC {
        /** syscall(2) of four arguments: the call's result, or -1. */
        @SaveError
        long syscall(long number, long first, long second, long third, long fourth);

        /** open(2): a descriptor, or -1. */
        @SaveError
        int open(String path, int flags);

        /** flock(2): 0, or -1. */
        @SaveError
        int flock(int fd, int operation);

        /** close(2): 0, or -1. */
        int close(int fd);

        /** strerror(3): what an error number means, in words. */
        String strerror(int number);
    }

    /**
     * Sends a signal.
     *
     * @param pid the process
     * @param isMeant asked once the process is held fast: whether it is still the one that is meant
     * @param signal its number
     * @return whether it was sent; {@code false} if the process had ended or was another's
     * @throws IOException where the kernel refuses
     */
    public static boolean signal(long pid, BooleanSupplier isMeant, int signal) throws IOException {
        LibC libC = NativeLibrary.load(LibC.class);
        int pidfd = (int) libC.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0);
        if (pidfd < 0) {
            return refused(libC, "pidfd_open");
        }
        try {
            if (!isMeant.getAsBoolean()) {
                return false;
            }
            return libC.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0) == 0 || refused(libC, "pidfd_send_signal");
        } finally {
            libC.close(pidfd);
        }
    }

    private static boolean refused(LibC libC, String call) throws IOException {
        int error = errno();
        if (error == Linux.ESRCH) {
            return false;
        }
        throw new IOException(call + "(): " + libC.strerror(error));
    }

    /** A lock that is held until it is closed. */
    @FunctionalInterface
    public interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes the lock on a file if nobody has it; a file that is not there cannot be locked either. */
    public static Optional<Lock> tryLock(Path file) throws IOException {
        LibC libC = NativeLibrary.load(LibC.class);
        int descriptor = libC.open(file.toString(), Linux.O_RDWR | Linux.O_CLOEXEC);
        if (descriptor < 0) {
            int error = errno();
            if (error == Linux.ENOENT) {
                return Optional.empty();
            }
            throw new IOException("open(): " + libC.strerror(error));
        }
        if (libC.flock(descriptor, LOCK_EX_NB) != 0) {
            int error = errno();
            libC.close(descriptor);
            if (error == Linux.EAGAIN) {
                return Optional.empty();
            }
            throw new IOException("flock(): " + libC.strerror(error));
        }
        return Optional.of(() -> libC.close(descriptor));
    }

    private static int errno() {
        return jnr.ffi.Runtime.getSystemRuntime().getLastError();
    }
}
