package io.nsbox.text;

import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells specs that break no constraint, without asking the validator.
 *
 * <p>The constraints are the annotations on the records, and the validator alone says what is wrong with a spec. But its
 * boot takes longer than everything else that a cold start does, and nearly every spec is fine. A test holds this class
 * against the validator, annotation by annotation.
 */
final class QuickCheck {
    private static final Pattern NAME = Pattern.compile(SandboxSpec.NAME_PATTERN);
    private static final Pattern HOSTNAME = Pattern.compile(SandboxSpec.HOSTNAME_PATTERN);
    private static final Duration LONGEST = Duration.ofDays(SandboxSpec.LONGEST_DAYS);

    private QuickCheck() {}

    /** Whether the validator would find nothing. */
    static boolean passes(SandboxSpec spec) {
        return spec.version() == 1
                && NAME.matcher(spec.name()).matches()
                && isHostname(spec.hostname())
                && hasBytes(spec.domainname(), 1, SandboxSpec.NODENAME_BYTES)
                && isMap(spec.uidMap())
                && isMap(spec.gidMap())
                && isAbsolute(spec.workingDir())
                && spec.stopGracePeriod().compareTo(LONGEST) <= 0
                && isLimit(spec.timeout());
    }

    private static boolean isHostname(@Nullable String name) {
        return name == null
                || hasBytes(name, 1, SandboxSpec.NODENAME_BYTES)
                        && HOSTNAME.matcher(name).matches();
    }

    private static boolean isAbsolute(@Nullable String path) {
        return path == null || path.startsWith("/") && hasBytes(path, 0, SandboxSpec.PATH_BYTES);
    }

    private static boolean hasBytes(@Nullable String text, int min, int max) {
        if (text == null) {
            return true;
        }
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return min <= length && length <= max;
    }

    private static boolean isLimit(@Nullable Duration limit) {
        return limit == null || limit.compareTo(Duration.ZERO) > 0 && limit.compareTo(LONGEST) <= 0;
    }

    private static boolean isMap(@Nullable IdMap map) {
        if (!(map instanceof IdMap.Ranges given)) {
            return true;
        }
        if (given.ranges().isEmpty() || given.ranges().size() > IdMap.Ranges.MOST) {
            return false;
        }
        for (IdRange range : given.ranges()) {
            if (!isId(range.inside()) || !isId(range.outside()) || !isId(range.count() - 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isId(long id) {
        return 0 <= id && id <= IdRange.HIGHEST_ID;
    }
}
