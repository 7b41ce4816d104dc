package io.nsbox.launch;

import io.nsbox.program.Linux;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.SaveError;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;

/**
 * Runs an image from memory, where no folder can hold it: a sealed memfd (memfd_create(2)) that replaces this process.
 *
 * <p>The only native code that nsbox calls, and only where there is no cache: loading the binding costs 150 ms.
 */
public final class MemoryImage {
    // linux/memfd.h, linux/fcntl.h, signal.h; the same on x86-64 and aarch64.
    private static final int MFD_CLOEXEC = 0x1;
    private static final int MFD_ALLOW_SEALING = 0x2;
    private static final int MFD_EXEC = 0x10;
    private static final int F_ADD_SEALS = 1033;
    private static final int ALL_SEALS = 0x1 | 0x2 | 0x4 | 0x8;
    private static final int SIG_SETMASK = 2;
    private static final int SIGSET_BYTES = 128;

    private MemoryImage() {}

    /** The C library's functions that are needed, by their own names. */
    public interface LibC {
        /** memfd_create(2): a descriptor, or -1. */
        @SaveError
        int memfd_create(String name, int flags);

        /** write(2): how many bytes were written, or -1. */
        @SaveError
        @ssize_t
        long write(int fd, byte[] data, @size_t long length);

        /** fcntl(2): what the command gives, or -1. */
        @SaveError
        int fcntl(int fd, int command, int argument);

        /** execv(3): -1, if it returns at all. */
        @SaveError
        int execv(String path, Pointer arguments);

        /** pthread_sigmask(3): 0, or an error number. */
        int pthread_sigmask(int how, Pointer set, @Nullable Pointer old);

        /** getenv(3): the value of a variable, or null. */
        @Nullable
        Pointer getenv(String name);

        /** setenv(3): 0, or -1. */
        int setenv(String name, Pointer value, int overwrite);

        /** unsetenv(3): 0, or -1. */
        int unsetenv(String name);

        /** strerror(3): what an error number means, in words. */
        String strerror(int number);
    }

    /**
     * Replaces this process by an image. The process id, the standard streams and, but for the variables named, the environment
     * stay, byte for byte.
     *
     * @param image the executable's bytes
     * @param arguments its argument vector, with {@code argv[0]}
     * @param borrowed variables that {@code bin/nsbox} changed for the JVM alone: each gets back the value that it saved
     *     under {@code NSBOX_SAVED_} and the name, or is removed where it saved none
     * @throws CacheException where the system refuses; otherwise this does not return
     */
    public static void exec(byte[] image, List<String> arguments, List<String> borrowed) throws CacheException {
        LibC libc = load();
        Runtime runtime = Runtime.getRuntime(libc);
        // MFD_EXEC says that the file is meant to be executed (since Linux 6.3, sysctl vm.memfd_noexec); older kernels
        // refuse it.
        int fd = libc.memfd_create("nsbox", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        if (fd < 0 && runtime.getLastError() == Linux.EINVAL) {
            fd = libc.memfd_create("nsbox", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
        require(fd >= 0, "memfd_create", libc, runtime);
        long written = libc.write(fd, image, image.length);
        require(written == image.length, "write", libc, runtime);
        require(libc.fcntl(fd, F_ADD_SEALS, ALL_SEALS) == 0, "fcntl", libc, runtime);

        for (String variable : borrowed) {
            String saved = "NSBOX_SAVED_" + variable;
            @Nullable Pointer value = libc.getenv(saved);
            if (value == null) {
                libc.unsetenv(variable);
            } else {
                libc.setenv(variable, value, 1);
                libc.unsetenv(saved);
            }
        }
        // The JVM blocks SIGQUIT in its threads, and a signal mask outlives execve(2).
        libc.pthread_sigmask(SIG_SETMASK, Memory.allocateDirect(runtime, SIGSET_BYTES, true), null);
        libc.execv("/proc/self/fd/" + fd, vector(runtime, arguments));
        require(false, "execv", libc, runtime);
    }

    private static LibC load() throws CacheException {
        try {
            return NativeLibrary.load(LibC.class);
        } catch (IOException e) {
            throw new CacheException("cannot run the launcher from memory: " + e.getMessage(), e);
        }
    }

    // One block, the pointers first and the texts behind them: nothing in it can be collected before the call.
    private static Pointer vector(Runtime runtime, List<String> arguments) {
        List<byte[]> texts = arguments.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        int pointers = (texts.size() + 1) * runtime.addressSize();
        int bytes = texts.stream().mapToInt(text -> text.length + 1).sum();
        Pointer block = Memory.allocateDirect(runtime, pointers + bytes, true);
        long place = pointers;
        for (int i = 0; i < texts.size(); i++) {
            byte[] text = texts.get(i);
            block.put(place, text, 0, text.length);
            block.putAddress((long) i * runtime.addressSize(), block.address() + place);
            place += text.length + 1;
        }
        return block;
    }

    private static void require(boolean fine, String call, LibC libc, Runtime runtime) throws CacheException {
        if (!fine) {
            throw new CacheException(
                    "cannot run the launcher from memory: " + call + ": " + libc.strerror(runtime.getLastError()));
        }
    }
}
