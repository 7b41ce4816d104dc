package io.nsbox.seccomp;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Names of the errnos (asm-generic/errno-base.h, asm-generic/errno.h): the same on x86-64 and aarch64. */
public final class ErrnoNames {
    /** In their order, the first is 1; a dash stands for a number that means nothing. */
    private static final List<String> NAMES =
            Arrays.asList(("EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD "
                            + "EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR "
                            + "EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS "
                            + "EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP "
                            + "- ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI "
                            + "EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR "
                            + "ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM "
                            + "EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD "
                            + "ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE "
                            + "EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT "
                            + "EADDRINUSE EADDRNOTAVAIL ENETDOWN "
                            + "ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT "
                            + "ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM "
                            + "EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD "
                            + "ENOTRECOVERABLE ERFKILL EHWPOISON")
                    .split(" "));

    /** Second names. */
    private static final Map<String, Integer> ALIASES = Map.of("EWOULDBLOCK", 11, "EDEADLOCK", 35, "ENOTSUP", 95);

    private ErrnoNames() {}

    static Optional<String> of(int errno) {
        return errno >= 1 && errno <= NAMES.size()
                ? Optional.of(NAMES.get(errno - 1)).filter(name -> !name.equals("-"))
                : Optional.empty();
    }

    /** The number of a name such as {@code EPERM}. */
    public static Optional<Integer> number(String name) {
        int at = name.equals("-") ? -1 : NAMES.indexOf(name);
        return at < 0 ? Optional.ofNullable(ALIASES.get(name)) : Optional.of(at + 1);
    }

    /** All names. */
    public static List<String> all() {
        return Stream.concat(
                        NAMES.stream().filter(name -> !name.equals("-")),
                        ALIASES.keySet().stream().sorted())
                .toList();
    }
}
