package io.nsbox.spec;

import java.util.List;

/** What the command keeps of the caller's environment. */
public sealed interface InheritEnv permits InheritEnv.All, InheritEnv.Names {

    /** Without {@code rootfs} the command sees the caller's files, so it keeps what finds them. */
    InheritEnv DEFAULT = new Names(
            List.of("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_*", "TZ", "PATH", "HOME", "USER", "LOGNAME", "SHELL"));

    /** With {@code rootfs} the caller's paths mean nothing inside. */
    InheritEnv DEFAULT_WITH_ROOTFS = new Names(List.of("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_*", "TZ"));

    /** Nothing is kept: {@code inherit_env: false}. */
    InheritEnv NONE = new Names(List.of());

    /** Everything is kept: {@code inherit_env: true}. */
    record All() implements InheritEnv {}

    /** The variables with these names; a name that ends in {@code *} is a prefix. */
    record Names(List<String> patterns) implements InheritEnv {
        public Names {
            patterns = List.copyOf(patterns);
        }
    }
}
