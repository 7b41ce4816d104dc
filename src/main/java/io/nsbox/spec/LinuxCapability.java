package io.nsbox.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A capability of Linux (capabilities(7)); the order is that of linux/capability.h, so the ordinal is the number. */
public enum LinuxCapability {
    CHOWN,
    DAC_OVERRIDE,
    DAC_READ_SEARCH,
    FOWNER,
    FSETID,
    KILL,
    SETGID,
    SETUID,
    SETPCAP,
    LINUX_IMMUTABLE,
    NET_BIND_SERVICE,
    NET_BROADCAST,
    NET_ADMIN,
    NET_RAW,
    IPC_LOCK,
    IPC_OWNER,
    SYS_MODULE,
    SYS_RAWIO,
    SYS_CHROOT,
    SYS_PTRACE,
    SYS_PACCT,
    SYS_ADMIN,
    SYS_BOOT,
    SYS_NICE,
    SYS_RESOURCE,
    SYS_TIME,
    SYS_TTY_CONFIG,
    MKNOD,
    LEASE,
    AUDIT_WRITE,
    AUDIT_CONTROL,
    SETFCAP,
    MAC_OVERRIDE,
    MAC_ADMIN,
    SYSLOG,
    WAKE_ALARM,
    BLOCK_SUSPEND,
    AUDIT_READ,
    PERFMON,
    BPF,
    CHECKPOINT_RESTORE;

    private static final String PREFIX = "CAP_";

    /** The name of the manual page, such as {@code CAP_NET_ADMIN}. */
    public String word() {
        return PREFIX + name();
    }

    /** The kernel's number. */
    public int number() {
        return ordinal();
    }

    /** Its bit in a mask. */
    public long bit() {
        return 1L << number();
    }

    /** The capability of this name, with or without {@code CAP_}, in any case. */
    public static Optional<LinuxCapability> find(String word) {
        String upper = word.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper;
        return Arrays.stream(values()).filter(c -> c.name().equals(bare)).findFirst();
    }

    /** All names, without {@code CAP_}. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Enum::name).toList();
    }
}
