package io.nsbox.seccomp;

import java.util.Map;
import java.util.Optional;

/** Names of the errnos that profiles commonly return (asm-generic/errno-base.h, asm-generic/errno.h). */
final class ErrnoNames {
    private static final Map<Integer, String> NAMES = Map.of(
            1, "EPERM",
            2, "ENOENT",
            3, "ESRCH",
            9, "EBADF",
            12, "ENOMEM",
            13, "EACCES",
            16, "EBUSY",
            22, "EINVAL",
            38, "ENOSYS",
            95, "EOPNOTSUPP");

    private ErrnoNames() {}

    static Optional<String> of(int errno) {
        return Optional.ofNullable(NAMES.get(errno));
    }
}
