package io.nsbox.plan;

import io.nsbox.host.RefusalHints;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What to do about a refused call, by errno.
 *
 * @param byErrno one or two lines of help for each errno that has one
 */
public record Hints(Map<Integer, String> byErrno) {
    /** No help beyond the errno's own text. */
    public static final Hints NONE = new Hints(Map.of());

    public Hints {
        byErrno = Collections.unmodifiableMap(new LinkedHashMap<>(byErrno));
    }

    // Written out, because records' own link at run time, and a cold start pays for that.
    @Override
    public boolean equals(Object other) {
        return other instanceof Hints that && byErrno.equals(that.byErrno);
    }

    @Override
    public int hashCode() {
        return byErrno.hashCode();
    }

    /** What the machine room knows about this kind of refusal. */
    public static Hints of(RefusalHints known) {
        Hints hints = NONE;
        for (Errnos.Errno errno : Errnos.ALL) {
            if (known.errnos().contains(errno.name())) {
                hints = hints.and(errno.number(), known.hint(errno.name()).orElseThrow());
            }
        }
        return hints;
    }

    /** One hint. */
    public static Hints on(int errno, String help) {
        return NONE.and(errno, help);
    }

    /** One hint more. */
    public Hints and(int errno, String help) {
        Map<Integer, String> more = new LinkedHashMap<>(byErrno);
        more.put(errno, help);
        return new Hints(more);
    }
}
