package io.nsbox.plan;

import java.util.List;
import java.util.Set;

/** The errors that a launcher may meet, with their names and texts (errno(3), asm-generic/errno.h). */
final class Errnos {
    /**
     * One error.
     *
     * @param number the same on x86-64 and aarch64
     * @param name such as {@code EPERM}
     * @param text as strerror(3) gives it
     */
    record Errno(int number, String name, String text) {}

    static final List<Errno> ALL = List.of(
            new Errno(1, "EPERM", "Operation not permitted"),
            new Errno(2, "ENOENT", "No such file or directory"),
            new Errno(3, "ESRCH", "No such process"),
            new Errno(4, "EINTR", "Interrupted system call"),
            new Errno(5, "EIO", "Input/output error"),
            new Errno(7, "E2BIG", "Argument list too long"),
            new Errno(8, "ENOEXEC", "Exec format error"),
            new Errno(9, "EBADF", "Bad file descriptor"),
            new Errno(10, "ECHILD", "No child processes"),
            new Errno(11, "EAGAIN", "Resource temporarily unavailable"),
            new Errno(12, "ENOMEM", "Cannot allocate memory"),
            new Errno(13, "EACCES", "Permission denied"),
            new Errno(14, "EFAULT", "Bad address"),
            new Errno(16, "EBUSY", "Device or resource busy"),
            new Errno(17, "EEXIST", "File exists"),
            new Errno(18, "EXDEV", "Invalid cross-device link"),
            new Errno(19, "ENODEV", "No such device"),
            new Errno(20, "ENOTDIR", "Not a directory"),
            new Errno(21, "EISDIR", "Is a directory"),
            new Errno(22, "EINVAL", "Invalid argument"),
            new Errno(23, "ENFILE", "Too many open files in system"),
            new Errno(24, "EMFILE", "Too many open files"),
            new Errno(26, "ETXTBSY", "Text file busy"),
            new Errno(28, "ENOSPC", "No space left on device"),
            new Errno(30, "EROFS", "Read-only file system"),
            new Errno(32, "EPIPE", "Broken pipe"),
            new Errno(36, "ENAMETOOLONG", "File name too long"),
            new Errno(38, "ENOSYS", "Function not implemented"),
            new Errno(40, "ELOOP", "Too many levels of symbolic links"),
            new Errno(75, "EOVERFLOW", "Value too large for defined data type"),
            new Errno(87, "EUSERS", "Too many users"),
            new Errno(95, "EOPNOTSUPP", "Operation not supported"),
            new Errno(97, "EAFNOSUPPORT", "Address family not supported by protocol"));

    /** Those that only a few calls return: a launcher carries their texts where a hint speaks of them. */
    static final List<Errno> RARE = List.of(
            new Errno(25, "ENOTTY", "Inappropriate ioctl for device"),
            new Errno(27, "EFBIG", "File too large"),
            new Errno(34, "ERANGE", "Numerical result out of range"));

    /** Only met where files are made: launchers that make none do without their texts. */
    private static final Set<Integer> OF_FILES = Set.of(18, 75);

    private Errnos() {}

    /** Those that a launcher may meet. */
    static List<Errno> met(boolean makesFiles) {
        return makesFiles
                ? ALL
                : ALL.stream()
                        .filter(errno -> !OF_FILES.contains(errno.number()))
                        .toList();
    }
}
